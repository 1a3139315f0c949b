/**
 * The properties that must hold after any schedule of faults. Each that does not is a sentence.
 */
import { ownLoss, readJournal } from './own-loss.ts'
import { eventsOf } from './payload.ts'
import type { SpoolContent } from './spool-content.ts'
import { window } from './world.ts'
import type { World } from './world.ts'

/** Times that a window grows in a busy second (`window.ts`). */
const grown = 8

export interface Verdict {
  /** What does not hold; empty: all is well. */
  violations: string[]
  lost: number
  ownLoss: number
  duplicates: number
  /** What duplicates may be at most, by the breaks that happened. */
  bound: number
  /** The ledger in a few words. */
  ledger: string
}

/** How many examples of a kind a sentence names. */
const named = 5

export function judge(world: World, content: SpoolContent): Verdict {
  const { appliance, book, receiver, setting, order } = world
  const violations: string[] = []
  const say = (what: string, found: readonly string[]) => {
    if (found.length === 0) return
    const more = found.length > named ? ` and ${found.length - named} more` : ''
    violations.push(`${what}: ${found.slice(0, named).join('; ')}${more}`)
  }

  const receipts = readJournal(order.journal, 'siem')
  const own = ownLoss(book.missing, content.places, receipts, receiver.outages)
  const isOwn = new Set(own)
  const lost = [...book.missing].filter((key) => !isOwn.has(key))
  say(
    'lost by Cefline',
    lost.map((key) => `${key} (${placed(content, key)})`),
  )
  if (setting.receiver !== 'rsyslog') say('a receiver lost what it had a receipt for', own)
  say('arrived, but wrongly', book.wrong)
  say('in the spool, but wrongly', content.wrong)
  say('not in the spool as often as given', wrongCounts(world, content))

  if (appliance.fellBack) {
    violations.push('Cefline took a receiver that answers for one that never does (receiptAfter)')
  }
  const breaks = appliance.starts - 1 + appliance.failures
  // Two windows, and the block that was begun when they were full.
  const bound = breaks * (2 * grown * window.lines + content.largestBlock)
  if (book.duplicates > bound) {
    violations.push(
      `${book.duplicates} duplicates, where ${breaks} breaks allow ${bound} (two windows each)`,
    )
  }
  const ledger = balance(world, content)
  say('the ledger does not add up', ledger.wrong)
  return {
    violations,
    lost: lost.length,
    ownLoss: own.length,
    duplicates: book.duplicates,
    bound,
    ledger: ledger.wrong.length === 0 ? ledger.text : 'wrong',
  }
}

function placed(content: SpoolContent, key: string): string {
  const places = content.places.get(key)
  if (!places) return 'not in the spool'
  return places.map(({ queue, sequence }) => `block ${sequence} of ${queue}`).join(', ')
}

/** Every key, as many times as it has events, each under an id of its own. */
function wrongCounts({ book }: World, { places }: SpoolContent): string[] {
  const wrong: string[] = []
  for (const [key, found] of places) {
    const ids = new Set(found.map(({ externalId }) => externalId))
    if (!book.has(key)) wrong.push(`${key}, which nobody gave`)
    else if (found.length !== eventsOf(key) || ids.size !== found.length) {
      wrong.push(`${key} ${found.length} times`)
    }
  }
  return wrong
}

/** Both equations, and what this producer knows of their terms. */
function balance(
  { producer }: World,
  { states, ledgers, rejects, damaged }: SpoolContent,
): { text: string; wrong: string[] } {
  const wrong: string[] = []
  const equal = (what: string, left: number, right: number) => {
    if (left !== right) wrong.push(`${what}: ${left} is not ${right}`)
  }
  const given = new Map([
    ['alerts', producer.alerts],
    ['activity', producer.api.records.length],
  ])
  let rejected = 0
  for (const { queue, ledger } of states) {
    const { read, spooled, alreadyGiven, ignored } = ledger
    equal(`${queue} read`, read, spooled + alreadyGiven + ledger.rejected + ignored)
    equal(`${queue} spooled and given`, spooled, given.get(queue) ?? 0)
    rejected += ledger.rejected
  }
  equal('rows rejected and given as bad', rejected, producer.rejected)
  equal('rejects kept', rejects, producer.rejected)
  equal('blocks set aside as damaged', damaged, 0)
  for (const [destination, books] of ledgers) {
    for (const { queue, spooled, received, waiting, refused, damaged } of books) {
      const name = `${destination} ${queue}`
      equal(`${name} spooled`, spooled, received + waiting + refused + damaged)
      equal(`${name} spooled and given`, spooled, given.get(queue) ?? 0)
      if (destination === 'siem') equal(`${name} waiting`, waiting, 0)
      if (destination === 'siem') equal(`${name} received and given`, received, spooled)
    }
  }
  if (![...ledgers.values()].every((books) => books.length >= given.size)) {
    wrong.push('a destination has no books')
  }
  return { text: 'adds up', wrong }
}
