/**
 * Throughput, backlog and latency of the last hour and day, for the plots of the status page. Kept
 * over restarts in a file beside the spool.
 *
 * A sample is taken every ten seconds. The hour has one step for each, the day one for twelve, so
 * that neither grows: a step that is too old goes, and with the last of its steps a component that
 * is gone from the configuration.
 */

export type Range = 'hour' | 'day'

/** Values at `from + n × step`; null: nobody looked then. */
export interface Series {
  sources: Record<string, { /** records a second */ read: (number | null)[] }>
  destinations: Record<
    string,
    {
      /** lines a second with a receipt */
      received: (number | null)[]
      /** lines without one, at the end of the step */
      waiting: (number | null)[]
      /** ms from spool to receipt, the longest of the step */
      latency: (number | null)[]
    }
  >
}

export interface History extends Series {
  /** ms since 1970 */
  from: number
  /** ms */
  step: number
}

/** What is seen at one moment: totals since the start, from which the rates are made. */
export interface Sample {
  /** ms since 1970 */
  at: number
  sources: Record<string, { read: number }>
  destinations: Record<
    string,
    { received: number; waiting: number; /** since the sample before */ latency: number | null }
  >
}

/** ms, and how many of them. */
const ranges: Record<Range, { step: number; steps: number }> = {
  hour: { step: 10_000, steps: 360 },
  day: { step: 120_000, steps: 720 },
}

/** The form of what is stored; another one is not read. */
const version = 1

/** A step, over all components. */
interface Row {
  /** `from` of the step, in steps since 1970. */
  index: number
  /** ms of it that samples have covered. */
  covered: number
  sources: Record<string, number>
  destinations: Record<string, [received: number, waiting: number, latency: number | null]>
}

export class Recorder {
  #rows: Record<Range, Row[]> = { hour: [], day: [] }
  #before: Sample

  /** `at`: when the totals began at 0, ms since 1970. */
  constructor(at: number) {
    this.#before = { at, sources: {}, destinations: {} }
  }

  /** Takes a sample; one that is no later than the one before it only begins anew. */
  add(sample: Sample): void {
    const before = this.#before
    this.#before = sample
    const elapsed = sample.at - before.at
    if (elapsed <= 0) return
    const rate = (now: number, then = 0) => ((now < then ? now : now - then) * 1000) / elapsed
    const sources = mapped(sample.sources, ({ read }, name) =>
      rate(read, before.sources[name]?.read),
    )
    const destinations = mapped(sample.destinations, ({ received, waiting, latency }, name) => {
      const row: Row['destinations'][string] = [
        rate(received, before.destinations[name]?.received),
        waiting,
        latency,
      ]
      return row
    })
    for (const range of ['hour', 'day'] as const) {
      this.#put(range, { sources, destinations, covered: elapsed, index: 0 }, sample.at)
    }
  }

  read(range: Range, now: number): History {
    const { step, steps } = ranges[range]
    const present = Math.floor(now / step)
    // The present step may have no sample yet: a plot ends where there is one.
    const newest = this.#rows[range].at(-1)?.index === present - 1 ? present - 1 : present
    const first = newest - steps + 1
    const rows = new Map(this.#rows[range].map((row) => [row.index, row]))
    const all = Array.from({ length: steps }, (_, offset) => rows.get(first + offset))
    const names = (kind: 'sources' | 'destinations') => [
      ...new Set(all.flatMap((row) => Object.keys(row?.[kind] ?? {}))),
    ]
    const sources = names('sources').map((name) => {
      return [name, { read: all.map((row) => row?.sources[name] ?? null) }] as const
    })
    const destinations = names('destinations').map((name) => {
      const column = (index: 0 | 1 | 2) =>
        all.map((row) => row?.destinations[name]?.[index] ?? null)
      return [name, { received: column(0), waiting: column(1), latency: column(2) }] as const
    })
    return {
      from: first * step,
      step,
      sources: Object.fromEntries(sources),
      destinations: Object.fromEntries(destinations),
    }
  }

  /** As text, for `restore`. */
  store(): string {
    return JSON.stringify({ version, ...this.#rows })
  }

  /** Takes over what `store` gave before this start. False, and nothing is taken, when the text is
   * damaged or of another release. */
  restore(text: string, now: number): boolean {
    const stored = parsed(text)
    if (stored === undefined) return false
    for (const range of ['hour', 'day'] as const) {
      const { step, steps } = ranges[range]
      const newest = Math.floor(now / step)
      const rows = stored[range].filter(({ index }) => index > newest - steps && index <= newest)
      this.#rows[range] = rows.sort((one, other) => one.index - other.index)
    }
    return true
  }

  #put(range: Range, row: Row, at: number): void {
    const { step, steps } = ranges[range]
    // What ends with a step belongs to it.
    const index = Math.ceil(at / step) - 1
    // Of a clock that was set back the later steps go.
    const rows = this.#rows[range].filter((one) => one.index > index - steps && one.index <= index)
    const last = rows.at(-1)
    if (last?.index === index) rows[rows.length - 1] = joined(last, { ...row, index })
    else rows.push({ ...row, index })
    this.#rows[range] = rows
  }
}

/** Two parts of one step: rates by their time, the backlog of the later, the longer latency. */
function joined(earlier: Row, later: Row): Row {
  const covered = earlier.covered + later.covered
  const mean = (before = 0, now = 0) => (before * earlier.covered + now * later.covered) / covered
  const sources = { ...earlier.sources, ...later.sources }
  const destinations = { ...earlier.destinations, ...later.destinations }
  return {
    index: later.index,
    covered,
    sources: mapped(sources, (_, name) => mean(earlier.sources[name], later.sources[name])),
    destinations: mapped(destinations, ([, waiting], name) => {
      const [before, now] = [earlier.destinations[name], later.destinations[name]]
      const latencies = [before?.[2], now?.[2]].filter((one) => typeof one === 'number')
      const latency = latencies.length === 0 ? null : Math.max(...latencies)
      const row: Row['destinations'][string] = [mean(before?.[0], now?.[0]), waiting, latency]
      return row
    }),
  }
}

function mapped<T, U>(record: Record<string, T>, make: (value: T, name: string) => U) {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, make(value, name)]),
  ) as Record<string, U>
}

function parsed(text: string): Record<Range, Row[]> | undefined {
  try {
    const { version: of, hour, day } = JSON.parse(text) as Record<string, unknown>
    return of === version && isRows(hour) && isRows(day) ? { hour, day } : undefined
  } catch {
    return undefined
  }
}

function isRows(value: unknown): value is Row[] {
  return Array.isArray(value) && value.length <= ranges.day.steps && value.every(isRow)
}

function isRow(value: unknown): value is Row {
  if (!isRecord(value)) return false
  const { index, covered, sources, destinations } = value
  return (
    Number.isSafeInteger(index) &&
    isCount(covered) &&
    covered > 0 &&
    isRecord(sources) &&
    Object.values(sources).every(isCount) &&
    isRecord(destinations) &&
    Object.values(destinations).every(isStanding)
  )
}

function isStanding(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 3) return false
  const [received, waiting, latency] = value as unknown[]
  return isCount(received) && isCount(waiting) && (latency === null || isCount(latency))
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
