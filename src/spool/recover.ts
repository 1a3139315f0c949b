/**
 * Records that are damaged, made again from what they were about. It reads all of that, as nobody
 * else ever does; and what only the record knew is lost: a queue's checkpoint (its source begins
 * anew, and the ids leave out what it gave before) and some of its counts.
 */
import { readHead } from './block.ts'
import { between } from './databases.ts'
import type { Databases } from './databases.ts'
import { Holes } from './holes.ts'
import { countIds, decodeIds } from './ids.ts'
import { weight } from './weight.ts'
import type { Account, QueueRecord, Standing } from './records.ts'
import { countRejects, unpackRejects } from './reject-entry.ts'
import { plus, tallyOf } from './tally.ts'
import type { Tally } from './tally.ts'

export function recoverQueue(
  store: Databases,
  queue: string,
  standings: readonly Standing[],
): QueueRecord {
  const kept = sizesIn(store, 'blocks', [queue])
  const positions = standings.map(({ position }) => position)
  const holes = numbersIn(store, 'meta', ['damaged', queue])
  const newest = Math.max(0, kept.newest, ...positions, ...holes)
  const deleted = kept.count > 0 ? kept.oldest - 1 : newest
  const lines = linesOf(store, queue, newest, standings)
  const pages = sizesIn(store, 'ids', [queue])
  const rejected = rejectsOf(store).filter(
    ({ source, destination }) => source === queue && destination === undefined,
  ).length
  return {
    newest,
    deleted,
    ...(kept.count === 0 ? { gone: lines } : {}),
    lines,
    bytes: kept.bytes,
    ids: {
      oldest: pages.count > 0 ? pages.oldest : 1,
      newest: pages.newest,
      count: pages.ids,
      since: decodeIds(store.ids.getBinary([queue, pages.oldest]))?.at ?? 0,
    },
    ledger: { read: lines + rejected, spooled: lines, alreadyGiven: 0, rejected, ignored: 0 },
  }
}

export function recoverAccount(store: Databases): Account {
  const rejects = rejectsOf(store)
  // The numbers of those that were purged must not come again, as the number makes the id of a line
  // that is sent once more: nobody rejects more than one record a second for ever.
  const beyond = Math.floor(Date.now() / 1000)
  return {
    bytes: sizesIn(store, 'blocks').weight + sizesIn(store, 'ids').weight,
    rejects: rejects.length,
    rejectBytes: weightOfRejects(store),
    rejectCodes: tallyOf(rejects),
    newestReject: Math.max(beyond, rejects.at(-1)?.number ?? 0),
  }
}

export function weightOfRejects(store: Databases): number {
  let sum = 0
  for (const first of store.rejects.getKeys()) {
    sum += weight(store.rejects.getBinaryFast(first)?.length ?? 0)
  }
  return sum
}

/** Those of damaged entries are not among them. */
export function countsOfRejects(store: Databases): Tally {
  let counts: Tally = {}
  for (const first of store.rejects.getKeys()) {
    counts = plus(counts, countRejects(store.rejects.getBinary(first)) ?? {})
  }
  return counts
}

function sizesIn(store: Databases, name: 'blocks' | 'ids', start: string[] = []) {
  const found = { count: 0, oldest: 0, newest: 0, bytes: 0, weight: 0, ids: 0 }
  const range = start.length > 0 ? between(start) : {}
  for (const key of store[name].getKeys(range) as Iterable<[string, number]>) {
    const { length } = store[name].getBinaryFast(key) ?? { length: 0 }
    found.count += 1
    if (found.count === 1) found.oldest = key[1]
    found.newest = key[1]
    found.bytes += length
    found.weight += weight(length)
    found.ids += countIds({ length })
  }
  return found
}

/** Lines up to the newest block: by the last head there is, by what was set aside behind it, or by
 * the books of who has passed it. */
function linesOf(
  store: Databases,
  queue: string,
  newest: number,
  standings: readonly Standing[],
): number {
  const passed = standings.map(({ books }) => {
    return books ? books.start + books.received + books.refused + books.damaged : 0
  })
  const gaps = new Holes(store).between(queue, 0, newest).map(({ first, lines }) => first + lines)
  const least = Math.max(0, ...passed, ...gaps)
  const { start, end } = between([queue], 0, newest)
  for (const key of store.blocks.getKeys({ start: end, end: start, reverse: true })) {
    const bytes = store.blocks.getBinary(key)
    const head = bytes && readHead(bytes)
    if (head) return Math.max(least, head.first + head.count)
  }
  return least
}

function numbersIn(store: Databases, name: 'meta', start: string[]): number[] {
  return [...store[name].getKeys(between(start))].map((key) => Number((key as unknown[]).at(-1)))
}

function rejectsOf(store: Databases) {
  return [...store.rejects.getKeys()].flatMap((first) => {
    return unpackRejects(first as number, store.rejects.getBinary(first)) ?? []
  })
}
