/**
 * Which known name was probably meant.
 */

/** The known name that is the fewest slips away, or undefined when none is near. Case is ignored. */
export function nearest(written: string, known: Iterable<string>): string | undefined {
  let best: string | undefined
  // A slip in every letter makes any name of any other.
  const allowed = Math.min(written.length - 1, Math.max(1, Math.floor(written.length / 3)))
  let fewest = allowed + 1
  for (const name of known) {
    const slips = distance(written.toLowerCase(), name.toLowerCase())
    if (slips < fewest) {
      best = name
      fewest = slips
    }
  }
  return best
}

/** `; did you mean interval?`, or what to write instead when no name is near. */
export function suggestion(written: string, known: Iterable<string>): string {
  const names = [...known]
  const near = nearest(written, names)
  if (near !== undefined) return `; did you mean ${near}?`
  return names.length === 0 ? '' : `; known are ${names.join(', ')}`
}

/** Letters left out, added, changed or swapped with their neighbour. */
function distance(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1]
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      )
      const swapped =
        row > 1 &&
        column > 1 &&
        from[row - 1] === to[column - 2] &&
        from[row - 2] === to[column - 1]
      if (swapped) cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1)
      current.push(cost)
    }
    beforeLast = last
    last = current
  }
  return last[to.length] ?? 0
}
