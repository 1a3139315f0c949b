/**
 * The chosen rejects in steps, for what is done with many of them: each is looked up when its turn has
 * come, as those before it may have changed something; none is newer than the first look, as a line
 * that is refused once more would come up again and again.
 */
import type { StoredReject } from '../core.ts'
import { error } from '../error.ts'
import type { LmdbSpool } from '../spool/spool.ts'
import type { RejectChoice } from './verbs.ts'

/** Rejects of one step: one sync for each queue. */
const rejectsAtOnce = 100
/** Entries of rejects that one step of a purge of all takes away. */
const entriesAtOnce = 256

type Rejects = Pick<LmdbSpool, 'rejects' | 'reject' | 'pageRejects'>

interface Found {
  rejects: StoredReject[]
  /** Numbers that there are none of. */
  missing: number[]
}

/** Each step looks its rejects up when it is called. Throws `bad-request` when none are chosen. */
export function* rejectSteps(spool: Rejects, choice: RejectChoice): Generator<() => Found> {
  const { numbers, all = false, ...query } = choice
  if (numbers) {
    const wanted = [...new Set(numbers)]
    for (let at = 0; at < wanted.length; at += rejectsAtOnce) {
      yield () => numbered(spool, wanted.slice(at, at + rejectsAtOnce))
    }
    return
  }
  if (!all && Object.values(query).every((value) => value === undefined)) {
    throw error('bad-request', 'no rejects are chosen: name numbers, a filter, or all of them')
  }
  const newest = newestReject(spool)
  let after = 0
  while (after < newest) {
    yield () => {
      const limit = rejectsAtOnce
      const { rejects, next = newest } = spool.pageRejects({ ...query, after, limit })
      after = next
      return { rejects: rejects.filter(({ number }) => number <= newest), missing: [] }
    }
  }
}

/** Each step removes some of the chosen for good, and resolves to how many went. */
export function* purgeSteps(
  spool: Rejects & Pick<LmdbSpool, 'purgeRejects'>,
  choice: RejectChoice,
): Generator<() => Promise<number>> {
  if (choice.all) {
    const upTo = newestReject(spool)
    while (oldestReject(spool) <= upTo) {
      yield () => spool.purgeRejects({ upTo, entries: entriesAtOnce })
    }
    return
  }
  for (const next of rejectSteps(spool, choice)) {
    yield async () => {
      const numbers = next().rejects.map(({ number }) => number)
      return numbers.length === 0 ? 0 : spool.purgeRejects({ numbers })
    }
  }
}

/** Its number; 0: there is none. */
function newestReject(spool: Rejects): number {
  return spool.rejects().list(1)[0]?.number ?? 0
}

function oldestReject(spool: Rejects): number {
  return spool.pageRejects({ limit: 1 }).rejects[0]?.number ?? Infinity
}

function numbered(spool: Rejects, numbers: readonly number[]): Found {
  const rejects = numbers.flatMap((number) => spool.reject(number) ?? [])
  const missing = numbers.filter((number) => !rejects.some((one) => one.number === number))
  return { rejects, missing }
}
