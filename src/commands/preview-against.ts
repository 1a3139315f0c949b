/**
 * `cefline preview FILE --against OTHER.yaml`: the same records under two configurations, and what the
 * second one changes, field by field and frame by frame. Exit code 1 when a record was rejected under
 * either.
 *
 * An event is the same under both when it has the same id, which is made of the record and not of its
 * mapping. Both read in step, so that no more is kept than the two are apart.
 */
import { printable } from '../io/printable.ts'
import type { Configuration } from '../config/load.ts'
import type { Reject } from '../core.ts'
import { idBytes, unpackLines } from '../io/lines.ts'
import { unrefused as unrefusedRow } from '../netwrix/alert-ids.ts'
import { unrefused as unrefusedTimelineRow } from '../timeline/identity.ts'
import { differencesOf } from './preview-differences.ts'
import type { Outcome } from './preview-differences.ts'
import { framersOf, framesOf } from './preview-event.ts'
import type { PreviewOptions } from './preview.ts'
import { batchesOf, hideIn, shownReject, withGiven } from './preview-records.ts'
import type { Given } from './preview-records.ts'
import { pairJson, pairText, summaryText } from './preview-pairs.ts'
import type { Counts, Pair } from './preview-pairs.ts'

type Options = Omit<PreviewOptions, 'config' | 'against'>

export async function compare(
  { files, source, limit = Infinity, json = false, raw = false, all = false }: Options,
  before: Configuration,
  after: Configuration,
): Promise<number> {
  const names = { before: before.origin, after: after.origin }
  const counts: Counts = { compared: 0, same: 0, changed: 0, onlyBefore: 0, onlyAfter: 0 }
  const rejected = { before: 0, after: 0 }
  let shown = 0
  const show = (pair: Pair) => {
    const { change } = pair
    counts.compared += 1
    counts[change] += 1
    if (pair.before?.reject) rejected.before += 1
    if (pair.after?.reject) rejected.after += 1
    if (change === 'same' && !all) return
    shown += 1
    const number = counts.compared
    console.log(json ? JSON.stringify(pairJson(number, pair)) : pairText(number, pair, names))
  }
  for (const file of files) {
    const pairs = withGiven(file, (given) => {
      const reading = (configuration: Configuration) => ({ configuration, source, raw })
      return paired(outcomes(given, reading(before)), outcomes(given, reading(after)))
    })
    for await (const pair of pairs) {
      show(pair)
      if (shown >= limit) break
    }
    if (shown >= limit) break
  }
  console.log(
    json
      ? JSON.stringify({ summary: { ...names, ...counts, rejected } })
      : summaryText(counts, rejected, names),
  )
  return rejected.before + rejected.after > 0 ? 1 : 0
}

/** What became of each record, in the order in which they are read; the notices go to standard error. */
async function* outcomes(
  given: Given,
  reading: Parameters<typeof batchesOf>[1],
): AsyncGenerator<Outcome> {
  const framers = framersOf(reading.configuration)
  for await (const { batch, mapping } of batchesOf(given, reading)) {
    for (const { message } of batch.notices ?? []) {
      console.error(printable(`${reading.configuration.origin}: ${hideIn(message, mapping)}`))
    }
    for (const reject of batch.rejects) {
      yield { keys: keysOf(reject), reject: shownReject(reject, mapping) }
    }
    const { bytes, ids } = batch.lines
    for (const [index, line] of unpackLines(bytes).entries()) {
      const id = ids.toString('hex', index * idBytes, (index + 1) * idBytes)
      yield { keys: [id], fields: mapping.next(), line, frames: framesOf(line, framers) }
    }
  }
}

/** A refused row has an id of its own; what it would have been is the event that it is elsewhere. */
function keysOf({ id, origin, row, code }: Reject): string[] {
  if (id === undefined) return [`${origin} ${row} ${code}`]
  const ids = [Buffer.from(id), unrefusedRow(id), unrefusedTimelineRow(id)]
  return [...new Set(ids.map((one) => one.toString('hex')))]
}

/** Pairs in the order in which the second of each comes, then those that have no other. */
async function* paired(
  before: AsyncGenerator<Outcome>,
  after: AsyncGenerator<Outcome>,
): AsyncGenerator<Pair> {
  const waiting = { before: new Waiting(), after: new Waiting() }
  const sides = { before, after }
  const over = { before: false, after: false }
  try {
    while (!over.before || !over.after) {
      for (const side of ['before', 'after'] as const) {
        if (over[side]) continue
        const next: IteratorResult<Outcome, unknown> = await sides[side].next()
        if (next.done) {
          over[side] = true
          continue
        }
        const { value } = next
        const other = waiting[side === 'before' ? 'after' : 'before'].take(value)
        if (!other) waiting[side].add(value)
        else yield side === 'before' ? pairOf(value, other) : pairOf(other, value)
      }
    }
  } finally {
    await before.return(undefined)
    await after.return(undefined)
  }
  for (const one of waiting.before.left()) yield pairOf(one, undefined)
  for (const one of waiting.after.left()) yield pairOf(undefined, one)
}

function pairOf(before: Outcome | undefined, after: Outcome | undefined): Pair {
  const differences = before && after ? differencesOf(before, after) : []
  const change = !before
    ? 'onlyAfter'
    : !after
      ? 'onlyBefore'
      : differences.length > 0
        ? 'changed'
        : 'same'
  return { change, before, after, differences }
}

/** Those whose other has not come yet. Several may have the same key. */
class Waiting {
  readonly #byKey = new Map<string, Outcome[]>()
  readonly #all = new Set<Outcome>()

  add(outcome: Outcome): void {
    this.#all.add(outcome)
    for (const key of outcome.keys) {
      const there = this.#byKey.get(key)
      if (there) there.push(outcome)
      else this.#byKey.set(key, [outcome])
    }
  }

  take({ keys }: Outcome): Outcome | undefined {
    const found = keys.map((key) => this.#byKey.get(key)?.[0]).find((one) => one !== undefined)
    if (!found) return undefined
    this.#all.delete(found)
    for (const key of found.keys) {
      const left = (this.#byKey.get(key) ?? []).filter((one) => one !== found)
      if (left.length > 0) this.#byKey.set(key, left)
      else this.#byKey.delete(key)
    }
    return found
  }

  left(): Outcome[] {
    return [...this.#all]
  }
}
