/**
 * Whether a source is silent: it has given no record for longer than is usual for it. An account
 * whose role was narrowed, a monitoring plan that was switched off and a response action that no
 * longer runs all look the same from here: nothing comes, and nothing fails.
 *
 * What is usual is learnt from the longest gap between records of each of the last 21 days. The
 * second longest of them counts, half of it added: a weekend comes back within that time and an
 * outage does not. It is never less than an hour, and until a week is known not less than a day.
 * Gaps in which the source failed, or nobody read it, are not learnt from, as then it was not the
 * source that was silent.
 */

const hour = 3_600_000
const day = 24 * hour
/** Days whose longest gaps are remembered: two weekends always lie in them. */
const daysKept = 21
const leastAfter = hour
/** Until this much is known, `leastUntilThen` is the least. */
const enough = 7 * day
const leastUntilThen = day
/** How much longer than usual is longer. */
const factor = 1.5
/** After a start what came in the meantime is read first. */
const grace = hour

/** What outlives a restart; plain JSON. Times in ms since 1970. */
export interface Memory {
  /** When the source was first read. */
  since: number
  lastRecordAt?: number
  /** Longest gap (ms) of a day (days since 1970, UTC), the oldest first. */
  gaps: [day: number, longest: number][]
  /** It was said that it is silent. */
  silent: boolean
  /** The gap that is on says nothing about the source. */
  disturbed?: boolean
}

export interface Fallen {
  /** The last record, or when the source was first read. */
  since: number
  /** The whole of it in words, without the source's name. */
  message: string
}

export class Silence {
  readonly #now: () => number
  readonly #startedAt: number
  readonly #memory: Memory

  constructor(memory?: Memory, now = Date.now) {
    this.#now = now
    this.#startedAt = now()
    this.#memory = structuredClone(memory ?? { since: now(), gaps: [], silent: false })
    // A clock that was set back would have it heard until it is where it was.
    const { since, lastRecordAt } = this.#memory
    this.#memory.since = Math.min(since, now())
    if (lastRecordAt !== undefined) this.#memory.lastRecordAt = Math.min(lastRecordAt, now())
  }

  get memory(): Readonly<Memory> {
    return this.#memory
  }

  /** When it fell silent, while it is. */
  get since(): number | undefined {
    return this.#memory.silent ? this.#quietSince : undefined
  }

  /** Records have come; the answer is for how long (ms) there were none, when that had been said. */
  heard(): number | undefined {
    const memory = this.#memory
    const now = this.#now()
    const gap = now - this.#quietSince
    if (memory.lastRecordAt !== undefined && gap > 0 && !memory.disturbed) this.#learn(now, gap)
    const wasSilent = memory.silent
    memory.lastRecordAt = now
    memory.silent = false
    delete memory.disturbed
    return wasSilent ? gap : undefined
  }

  /** The source failed, or had to wait. */
  disturbed(): void {
    this.#memory.disturbed = true
  }

  /** What is to be said now: once, when it has fallen silent. `after`: ms; 0: never. */
  look(after: number | 'auto'): Fallen | undefined {
    if (after === 0) {
      this.#memory.silent = false
      return undefined
    }
    const now = this.#now()
    const limit = after === 'auto' ? this.#learntLimit(now) : after
    const since = this.#quietSince
    if (this.#memory.silent || now - since <= limit) return undefined
    if (now - this.#startedAt <= Math.min(limit, grace)) return undefined
    this.#memory.silent = true
    return { since, message: this.#describe(since, now, limit, after) }
  }

  get #quietSince(): number {
    return this.#memory.lastRecordAt ?? this.#memory.since
  }

  #learn(now: number, gap: number): void {
    const today = Math.floor(now / day)
    const { gaps } = this.#memory
    const last = gaps.at(-1)
    if (last?.[0] === today) last[1] = Math.max(last[1], gap)
    else gaps.push([today, gap])
    // A clock that was set back leaves days to come.
    this.#memory.gaps = gaps.filter(([of]) => of > today - daysKept && of <= today)
  }

  #learntLimit(now: number): number {
    const today = Math.floor(now / day)
    const known = this.#memory.gaps.filter(([of]) => of > today - daysKept)
    const usual = known.map(([, longest]) => longest).sort((a, b) => b - a)[1] ?? 0
    const least = now - this.#memory.since < enough ? leastUntilThen : leastAfter
    return Math.max(least, usual * factor)
  }

  #describe(since: number, now: number, limit: number, after: number | 'auto'): string {
    const first = this.#memory.lastRecordAt === undefined ? 'it was first read, ' : ''
    const when = new Date(since).toISOString().slice(0, 19)
    const begin = `no record since ${first}${when}Z (${span(now - since)})`
    const usual =
      after === 'auto' ? `usually one comes within ${span(limit)}` : `silentAfter is ${span(limit)}`
    const causes = 'its role, plan, filter or alert action may have become too narrow'
    return `${begin}; ${usual}: ${causes}, or nothing happens there`
  }
}

/** A length of time (ms) in its largest fitting unit: `26 h`. */
export function span(milliseconds: number): string {
  if (milliseconds >= 3 * day) return `${Math.round(milliseconds / day)} d`
  if (milliseconds >= 2 * hour) return `${Math.round(milliseconds / hour)} h`
  if (milliseconds >= 120_000) return `${Math.round(milliseconds / 60_000)} min`
  return `${Math.round(milliseconds / 1000)} s`
}
