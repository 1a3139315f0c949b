/**
 * Rejects counted by their code. No code has a count of 0: one that is gone is not named.
 */
export type Tally = Readonly<Record<string, number>>

export function tallyOf(rejects: readonly { code: string }[]): Tally {
  const counts = new Map<string, number>()
  for (const { code } of rejects) counts.set(code, (counts.get(code) ?? 0) + 1)
  return Object.fromEntries(counts)
}

export function totalOf(tally: Tally): number {
  return Object.values(tally).reduce((sum, count) => sum + count, 0)
}

export function plus(tally: Tally, more: Tally): Tally {
  return sum(tally, more, 1)
}

export function minus(tally: Tally, less: Tally): Tally {
  return sum(tally, less, -1)
}

function sum(tally: Tally, other: Tally, sign: 1 | -1): Tally {
  const counts = new Map(Object.entries(tally))
  for (const [code, count] of Object.entries(other)) {
    counts.set(code, (counts.get(code) ?? 0) + sign * count)
  }
  return Object.fromEntries([...counts].filter(([, count]) => count > 0))
}
