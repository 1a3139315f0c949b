/**
 * What a timeline's decoder gives → CEF lines and rejects in a batch, and the count of them.
 *
 * No row stops its file: one that cannot be mapped is set aside as one that cannot be read is.
 */
import { encode } from '../cef/encode.ts'
import { decode } from '../cef/decode.ts'
import type { Code } from '../error.ts'
import { asCefline } from '../error.ts'
import type { CadoMappingOptions, TimelineMapper } from '../mappings/cado.ts'
import type { RowBatch } from '../drop/batch.ts'
import type { Item, TimelineDecoder } from './decoder.ts'
import type { TimelineEvent } from './event.ts'
import { eventKey, lineKey, refused, rowKey, shownId } from './identity.ts'
import { Occurrences } from './occurrences.ts'
import type { Evidence, TimelineOrigin } from './origin.ts'
import { keptRecord } from './record.ts'

export type MappedAs = Pick<CadoMappingOptions, 'profile' | 'severity'>

export class TimelineRows {
  /** Lines, among the events. */
  events = 0
  rejected = 0
  ignored = 0
  /** The last row that was given. */
  last = 0
  /** Of the events, when they are all of one. */
  evidence: string | undefined
  /** Why the first one was refused. */
  firstReject: { code: Code; reason: string } | undefined
  readonly #origin: TimelineOrigin
  readonly #batch: RowBatch
  readonly #map: TimelineMapper
  readonly #mappedAs: MappedAs
  readonly #occurrences = new Occurrences()

  constructor(origin: TimelineOrigin, batch: RowBatch, map: TimelineMapper, mappedAs: MappedAs) {
    this.#origin = origin
    this.#batch = batch
    this.#map = map
    this.#mappedAs = mappedAs
  }

  /** Pauses whenever the batch is full. */
  *take(items: Iterable<Item>, decoder: TimelineDecoder): Generator<undefined, void> {
    for (const item of items) {
      this.last = item.row
      switch (item.kind) {
        case 'event':
          this.#event(item, decoder)
          break
        case 'cef':
          this.#line(item.line)
          break
        case 'refused':
          this.refuse(item.row, item.code, item.reason, decoder.head, item.text)
          break
        case 'ignored':
          this.ignored += 1
          this.#batch.ignore()
      }
      if (this.#batch.isFull) yield
    }
  }

  /** `reason` goes on after `name row 12 `; row 0 is one whose number is not known. */
  refuse(row: number, code: Code, reason: string, head: string, text: string): void {
    const { evidence } = this.#origin
    const first = rowKey(evidence.name, text, 0)
    const count = this.#occurrences.next(first)
    const key = count === 0 ? first : rowKey(evidence.name, text, count)
    this.#refuse(row, { code, reason, head, text }, key)
  }

  #event({ row, event, text }: Item & { kind: 'event' }, decoder: TimelineDecoder): void {
    settleEvidence(event, this.#origin.evidence)
    if (event.evidenceName !== this.evidence) {
      this.evidence = this.events === 0 ? event.evidenceName : undefined
    }
    const first = eventKey(event, 0)
    const count = this.#occurrences.next(first)
    const key = count === 0 ? first : eventKey(event, count)
    try {
      const cef = this.#map(event, {
        profile: this.#mappedAs.profile,
        severity: this.#mappedAs.severity,
        receivedAt: this.#origin.receivedAt,
        id: shownId(key),
      })
      this.#batch.add(encode(cef), cef.time, cef.severity, key)
      this.events += 1
    } catch (thrown) {
      const { code, message } = asCefline(thrown)
      const reason = `cannot be mapped: ${message}`
      this.#refuse(row, { code, reason, head: decoder.head, text: text() }, key)
    }
  }

  #line(line: string): void {
    const first = lineKey(line, 0)
    const count = this.#occurrences.next(first)
    const key = count === 0 ? first : lineKey(line, count)
    const { time, severity } = readLine(line, this.#origin.receivedAt)
    this.#batch.add(line, time, severity, key)
    this.events += 1
  }

  #refuse(
    row: number,
    { code, reason, head, text }: { code: Code; reason: string; head: string; text: string },
    key: Buffer,
  ): void {
    const { name } = this.#origin
    const place = row === 0 ? name : `${name} row ${row}`
    this.firstReject ??= { code, reason: row === 0 ? reason : `row ${row} ${reason}` }
    this.rejected += 1
    this.#batch.refuse({
      code,
      reason: `${place} ${reason}`,
      origin: name,
      row,
      record: keptRecord(head, text),
      id: refused(key),
    })
  }
}

/** An event says which evidence it is of, or it is of the file's. */
export function settleEvidence(event: TimelineEvent, { id, name }: Evidence): void {
  if (event.evidenceName !== '') return
  event.evidenceName = name
  event.evidenceId ??= id
}

/** Severities that are words (CEF's standard, "Severity"): the highest number of each. */
const words: Record<string, number> = { low: 3, medium: 6, high: 8, 'very-high': 10 }

/** What a line of CEF says of its time (ms since 1970) and severity. */
export function readLine(line: string, receivedAt: number): { time: number; severity: number } {
  const decoded = decode(line)
  const given = decoded?.severity.trim().toLowerCase() ?? ''
  const number = words[given] ?? (given === '' ? 0 : Number(given))
  const severity = Number.isFinite(number) ? Math.min(10, Math.max(0, Math.round(number))) : 0
  const fields = new Map(decoded?.extension ?? [])
  return { time: timeOf(fields.get('rt'), fields.get('eventTime')) ?? receivedAt, severity }
}

/** ms of the years 1 to 9999; beyond them no syslog header, and no `Date`, can have a time. */
const earliest = -62_135_596_800_000
const latest = 253_402_300_799_999

function inRange(time: number): number | undefined {
  return time >= earliest && time <= latest ? time : undefined
}

const hasZone = /(?:[A-Z]|[+-]\d\d:?\d\d)$/

/** `rt` is in ms or a date in words (CEF's standard, "Date Formats"), here UTC where it has no zone;
 * `eventTime` is Cado's, in seconds. */
function timeOf(rt = '', eventTime = ''): number | undefined {
  if (/^-?\d+$/.test(rt)) return inRange(Number(rt))
  const date = rt === '' ? Number.NaN : Date.parse(hasZone.test(rt) ? rt : `${rt} UTC`)
  if (Number.isFinite(date)) return inRange(date)
  const seconds = eventTime === '' ? Number.NaN : Number(eventTime)
  return Number.isFinite(seconds) && seconds !== 0 ? inRange(Math.floor(seconds * 1000)) : undefined
}
