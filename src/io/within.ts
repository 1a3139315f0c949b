/**
 * Waits for something for a while, without giving it up.
 */
import { setTimeout as sleep } from 'node:timers/promises'

/** What `waiting` resolves to, or undefined when so many milliseconds have passed before. */
export async function within<T>(waiting: Promise<T>, milliseconds: number): Promise<T | undefined> {
  // Should nobody ask again, its failure is nobody's.
  waiting.catch(() => {})
  const late = new AbortController()
  const { signal } = late
  const passed = sleep(milliseconds, undefined, { signal, ref: false }).catch(() => undefined)
  try {
    return await Promise.race([waiting, passed])
  } finally {
    late.abort()
  }
}
