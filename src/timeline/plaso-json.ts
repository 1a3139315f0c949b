/**
 * plaso's `json_line` and `json` (psort): an object for each event and time, with the attributes of its
 * data type. What `l2tcsv` shows and JSON has not is made as plaso makes it: source and sourcetype of
 * the data type (`data-types.ts`), the letters MACB, the short text, the times of a file together
 * (`merge.ts`), all other attributes as `extra`, `name: value; name: value`, sorted.
 *
 * So the same timeline in both is the same events, but for: `extra`, which has all attributes here, and
 * in `l2tcsv` only those that the message has not; commas, which `l2tcsv` makes blanks; the fraction of
 * the second, which it has not; `short`, where plaso makes it of several attributes: here it is then the
 * beginning of the message; and `version` of `l2tcsv`, always 2.
 */
import { error } from '../error.ts'
import { isEmpty, isRecord, textOf } from './cell-value.ts'
import { dataType } from './data-types.ts'
import type { DecoderOptions, Format, Item, TimelineDecoder } from './decoder.ts'
import { pathOf } from './display-name.ts'
import type { TimelineEvent } from './event.ts'
import { emptyEvent } from './event.ts'
import type { JsonRow } from './json-rows.ts'
import { JsonRows } from './json-rows.ts'
import { macbOf } from './macb.ts'
import { FileTimes } from './merge.ts'
import { plasoInstant } from './plaso-time.ts'
import { pythonText } from './python-text.ts'
import { shortOf } from './short-text.ts'

export function plasoJsonDecoder(options: DecoderOptions): TimelineDecoder {
  return new PlasoJson(options)
}

class PlasoJson implements TimelineDecoder {
  readonly format: Format = 'json-line'
  readonly head = ''
  readonly #rows: JsonRows
  readonly #times = new FileTimes()

  constructor(options: DecoderOptions) {
    this.#rows = new JsonRows(this.format, (row) => plasoEvent(row, options.timezone), options)
  }

  *write(chunk: Buffer): Generator<Item, void> {
    for (const item of this.#rows.write(chunk)) yield* this.#times.take(item)
  }

  *end(): Generator<Item, void> {
    for (const item of this.#rows.end()) yield* this.#times.take(item)
    yield* this.#times.end()
  }
}

/** Attributes that have a field of their own, and those of the serialisation. A hash is in `extra` as
 * well, as in `l2tcsv`. */
const placed = new Set(
  [
    ['__container_type__', '__type__', 'data_type', 'date_time', 'timestamp', 'timestamp_desc'],
    ['message', 'parser', '_parser_chain', 'display_name', 'hostname', 'username', 'inode'],
  ].flat(),
)

function plasoEvent(row: JsonRow, timezone: string): TimelineEvent {
  const text = (name: string): string => textOf(row[name])
  if (text('timestamp_desc') === '' && text('message') === '' && text('data_type') === '') {
    const cure = 'drop files of other programs in formats of their own'
    throw error('row', `has no message, timestamp_desc or data_type, as plaso's have; ${cure}`, {
      permanent: true,
    })
  }
  const type = dataType(text('data_type'))
  const event = emptyEvent()
  event.type = text('timestamp_desc')
  event.instant = plasoInstant(row, timezone)
  event.source = type.source
  event.sourcetype = type.sourcetype
  event.macb = macbOf(event.type, text('data_type'))
  event.user = text('username')
  event.host = text('hostname')
  event.message = text('message')
  event.short = shortOf((type.short === undefined ? '' : text(type.short)) || event.message)
  const displayName = text('display_name')
  event.path =
    displayName === '' ? locationOf(row['pathspec']) || text('filename') : pathOf(displayName)
  event.inode = text('inode') || inodeOf(row['pathspec'])
  event.notes = labelsOf(row['tag'])
  event.format = text('parser') || text('_parser_chain')
  event.sha256 = text('sha256_hash')
  if (row['file_entry_type'] === 'directory') event.isFolder = true
  event.extra = extraOf(row, event)
  return event
}

/** All attributes without a place, as `l2tcsv` has them in `extra`. */
function extraOf(row: JsonRow, event: TimelineEvent): string {
  const pairs: string[] = []
  for (const [name, value] of Object.entries(row)) {
    if (placed.has(name) || value === null || value === '') continue
    if (name === 'filename' && value === event.path) continue
    if (name === 'pathspec' && isPlain(value, event.path)) continue
    if (name === 'tag' && isLabels(value)) continue
    pairs.push(`${name}: ${pythonText(value)}`)
  }
  if (!isEmpty(row['data_type'])) pairs.push(`data_type: ${textOf(row['data_type'])}`)
  return pairs.sort().join('; ').replace(/\r/g, '').replace(/\n/g, '-')
}

/** A place of which the path says everything. */
function isPlain(pathspec: unknown, path: string): boolean {
  if (!isRecord(pathspec) || pathspec['location'] !== path) return false
  return Object.keys(pathspec).every((key) =>
    ['__type__', 'location', 'type_indicator'].includes(key),
  )
}

function locationOf(pathspec: unknown): string {
  return isRecord(pathspec) ? textOf(pathspec['location']) : ''
}

/** plaso's fall-back (`output/formatting_helper.py`): what the file system calls it by. */
function inodeOf(pathspec: unknown): string {
  if (!isRecord(pathspec)) return ''
  switch (pathspec['type_indicator']) {
    case 'APFS':
    case 'HFS':
      return textOf(pathspec['identifier'])
    case 'NTFS':
      return textOf(pathspec['mft_entry'])
    case 'EXT':
    case 'TSK':
      return textOf(pathspec['inode'])
    default:
      return ''
  }
}

function isLabels(tag: unknown): boolean {
  if (!isRecord(tag)) return false
  return Object.keys(tag).every((key) => key.startsWith('__') || key === 'labels')
}

/** A tag's labels, one blank between them. */
function labelsOf(tag: unknown): string {
  const labels = isRecord(tag) ? tag['labels'] : tag
  return Array.isArray(labels) ? labels.map(textOf).join(' ') : textOf(labels)
}
