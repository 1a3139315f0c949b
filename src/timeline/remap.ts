/**
 * A row that was set aside, read once more: with what its format needs before it, and as the source is
 * configured now. Where it was an event that could not be mapped, its line has the id that it would
 * have had then; a row that could not be read has one of its own, so that of several no one is taken
 * for another: when its file is dropped again as well, it is sent twice.
 */
import { encode } from '../cef/encode.ts'
import type { Reject } from '../core.ts'
import { asCefline, error, isCeflineError, isPermanent } from '../error.ts'
import type { Code } from '../error.ts'
import { LinePacker } from '../io/lines.ts'
import type { Lines } from '../io/lines.ts'
import { compileTimelineMapping } from '../mappings/cado.ts'
import { rowLimit } from './decoder.ts'
import type { Item } from './decoder.ts'
import { eventKey, shownId, unrefused } from './identity.ts'
import type { Evidence } from './origin.ts'
import type { TimelineReading } from './reader.ts'
import { recognise } from './recognise.ts'
import { isCut } from './record.ts'
import { readLine, settleEvidence } from './rows.ts'

/** `at`: ms since 1970, the time of an event that has none. */
type KeptRow = Reject & { at: number }

/** One line. Throws the reason (permanent) when the row still cannot be mapped. */
export function remapTimeline(
  reject: KeptRow,
  reading: TimelineReading,
  evidence: Evidence,
): Lines {
  const { id, code, record, row } = reject
  if (!id) throw refusal(reject, 'row', 'was kept without its id; drop its file again')
  if (code === 'too-large' || isCut(record) || row === 0) {
    throw refusal(reject, code, 'is kept in part only; drop its file again')
  }
  try {
    const items = itemsOf(reject, reading)
    for (const item of items) if (item.kind === 'event') settleEvidence(item.event, evidence)
    const key = unrefused(id)
    return lineOf(chosen(items, key, reject), key, reading, reject.at)
  } catch (thrown) {
    if (isPermanent(thrown)) throw thrown
    const { code, message } = asCefline(thrown)
    throw refusal(reject, code, `cannot be mapped: ${message}`)
  }
}

/** What there is to send. */
function itemsOf(reject: KeptRow, { format, timezone }: TimelineReading): Sendable[] {
  const text = Buffer.from(reject.record)
  const items: Item[] = []
  try {
    const decoder = recognise(text, true, format, { timezone, rowLimit })
    if (decoder) items.push(...decoder.write(text), ...decoder.end())
  } catch (thrown) {
    if (!isCeflineError(thrown)) throw thrown
    throw refusal(
      reject,
      thrown.code,
      `cannot be read by itself: ${thrown.message}; set format, or drop its file again`,
    )
  }
  const sendable: Sendable[] = []
  for (const item of items) {
    if (item.kind === 'refused') throw refusal(reject, item.code, item.reason)
    if (item.kind !== 'ignored') sendable.push(item)
  }
  return sendable
}

type Sendable = Item & { kind: 'event' | 'cef' }

function lineOf(item: Sendable, key: Buffer, reading: TimelineReading, at: number): Lines {
  const packer = new LinePacker(1024)
  if (item.kind === 'cef') {
    const { time, severity } = readLine(item.line, at)
    packer.add(item.line, time, severity, key)
    return packer.take()
  }
  const { profile, severity, mapping } = reading
  const map = compileTimelineMapping(mapping, 'mapping')
  const cef = map(item.event, { profile, severity, receivedAt: at, id: shownId(key) })
  packer.add(encode(cef), cef.time, cef.severity, key)
  return packer.take()
}

/** Rows alike to this one before it in its file that are reckoned with. */
const mostAlike = 1000

/** Of a row's several events the one that was refused, whichever of the alike rows it was of. A row that
 * was refused as a whole and is several events now is none: a reject stands for one in the books. */
function chosen(items: Sendable[], key: Buffer, reject: KeptRow): Sendable {
  const [first, second] = items
  if (!first) throw refusal(reject, 'row', 'has no content: there is nothing to send')
  if (!second) return first
  for (let occurrence = 0; occurrence < mostAlike; occurrence += 1) {
    const one = items.find((item) => {
      return item.kind === 'event' && eventKey(item.event, occurrence).equals(key)
    })
    if (one) return one
  }
  const several = `has ${items.length} events now, where a reject stands for one`
  throw refusal(reject, 'row', `${several}; drop its file again`)
}

function refusal({ origin, row }: KeptRow, code: Code, reason: string): Error {
  const place = row === 0 ? `${origin}: what` : `${origin} row ${row}`
  return error(code, `${place} ${reason}`, { permanent: true })
}
