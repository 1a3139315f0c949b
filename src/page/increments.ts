/**
 * How far apart the marks of a plot's axis may be: only so that the text of each says exactly where it
 * stands, as whole lines of a backlog, tenths of a rate, and whole units of a span.
 */

const decades = Array.from({ length: 13 }, (_, power) => 10 ** power)

export const countIncrements: readonly number[] = decades.flatMap((ten) => [ten, 2 * ten, 5 * ten])

export const rateIncrements: readonly number[] = [0.1, 0.2, 0.5, ...countIncrements]

const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000] as const

/** ms */
export const spanIncrements: readonly number[] = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 20, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 20, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 5, 10, 20, 50, 100].map((count) => count * day),
]
