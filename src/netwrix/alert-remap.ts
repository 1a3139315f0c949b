/**
 * A row that was set aside, read once more: with the header that is kept beside it, and as the source
 * is configured now. It is the event that it would have been then, so its line has that event's id.
 */
import { encode } from '../cef/encode.ts'
import type { Reject } from '../core.ts'
import { DelimitedDecoder } from '../decoders/delimited.ts'
import type { Row } from '../decoders/delimited.ts'
import { asCefline, error, isPermanent } from '../error.ts'
import type { Code } from '../error.ts'
import { LinePacker } from '../io/lines.ts'
import type { Lines } from '../io/lines.ts'
import { compileMapping } from '../mappings/compile.ts'
import { knownColumns } from './alert-columns.ts'
import { dateReader } from './alert-date.ts'
import { unrefused } from './alert-ids.ts'
import type { AlertReading } from './alert-reader.ts'
import { isCut } from './alert-record.ts'
import { brokenReason, readRow } from './alert-rows.ts'
import type { ActivityRecord } from './record.ts'
import { recordId } from './record.ts'

/** `at`: ms since 1970, the time of a row that has none. */
type KeptRow = Reject & { at: number }

/** One line. Throws the reason (permanent) when the row still cannot be mapped. */
export function remapAlert(reject: KeptRow, options: AlertReading): Lines {
  const { id, at } = reject
  if (!id) throw refusal(reject, 'row', 'was kept without its id; drop its file again')
  try {
    const record = recordOf(reject, options)
    const key = record.rid === '' ? unrefused(id) : recordId(record.rid)
    const event = compileMapping(options.mapping, 'mapping')(record, {
      kind: 'alert',
      profile: options.profile,
      receivedAt: at,
      id: record.rid === '' ? Buffer.from(key).toString('hex') : '',
    })
    const cef = encode(event)
    const packer = new LinePacker(cef.length)
    packer.add(cef, event.time, event.severity, key)
    return packer.take()
  } catch (thrown) {
    if (isPermanent(thrown)) throw thrown
    const { code, message } = asCefline(thrown)
    throw refusal(reject, code, `cannot be mapped: ${message}`)
  }
}

function recordOf(reject: KeptRow, { timezone, dateFormat }: AlertReading): ActivityRecord {
  if (reject.code === 'too-large' || isCut(reject.record)) {
    throw refusal(reject, 'too-large', 'is kept in part only; drop its file again')
  }
  const { header, row } = decoded(reject)
  if (row.broken) {
    const { code, reason } = brokenReason(row.broken)
    throw refusal(reject, code, reason)
  }
  const verdict = readRow(row.cells, knownColumns(header), dateReader(timezone, dateFormat))
  if (verdict.kind === 'record') return verdict.record
  if (verdict.kind === 'refused') throw refusal(reject, verdict.code, verdict.reason)
  throw refusal(reject, 'row', 'is an empty one, or that of a test: there is nothing to send')
}

/** The header and the first row of the text. */
function decoded(reject: KeptRow): { header: string[]; row: Row } {
  const decoder = new DelimitedDecoder()
  const text = Buffer.from(reject.record)
  const [row] = [...decoder.write(text), ...decoder.end()].flat()
  if (!decoder.header || !row) throw refusal(reject, 'row', 'was kept without its header')
  return { header: decoder.header, row }
}

function refusal({ origin, row }: KeptRow, code: Code, reason: string): Error {
  return error(code, `${origin} row ${row} ${reason}`, { permanent: true })
}
