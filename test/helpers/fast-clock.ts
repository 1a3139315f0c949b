/**
 * A clock in which the long waits of the loops cost nothing: `setTimeout` of node:timers/promises, from
 * a length on, resolves at once and moves the clock instead. What ends a wait early, such as a limit
 * (`ref: false`), and all other timers run as ever.
 */
import { createRequire, syncBuiltinESMExports } from 'node:module'
import type timers from 'node:timers/promises'

export interface FastClock {
  /** ms that were not waited for. */
  readonly now: number
}

/** Until the test ends. Waits shorter than `from` ms, and those without end, are waited for. */
export function fastClock(t: { teardown(end: () => void): void }, from = 200): FastClock {
  const module = createRequire(import.meta.url)('node:timers/promises') as {
    setTimeout: typeof timers.setTimeout
  }
  const { setTimeout: original } = module
  const clock = { now: 0 }
  module.setTimeout = async (delay = 0, value, options) => {
    const isLimit = options?.ref === false
    if (isLimit || delay < from || delay >= 2 ** 31 - 1) return original(delay, value, options)
    const over = await original(1, value, options)
    clock.now += delay
    return over
  }
  syncBuiltinESMExports()
  t.teardown(() => {
    module.setTimeout = original
    syncBuiltinESMExports()
  })
  return clock
}
