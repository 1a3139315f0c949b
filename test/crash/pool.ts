/**
 * Several runs at a time: most of one is waiting.
 */

/** Begins the tasks in order, at most `most` at once; a promise for each. A failure is its task's. */
export function begin<T>(most: number, tasks: readonly (() => Promise<T>)[]): Promise<T>[] {
  const starts: (() => void)[] = []
  const next = () => starts.shift()?.()
  const results = tasks.map(async (task) => {
    await new Promise<void>((resolve) => starts.push(resolve))
    try {
      return await task()
    } finally {
      next()
    }
  })
  for (let count = 0; count < most; count += 1) next()
  // Until someone waits for it, a failure is not yet anybody's.
  for (const result of results) result.catch(() => {})
  return results
}
