/**
 * Signals that ask a command to end: at the first one it aborts, and `code` is what it should exit with;
 * at a second one the system ends it.
 */
import { constants } from 'node:os'

/** Exit codes of a shell for what a signal ended begin here. */
const signalled = 128

/** `end` takes the listeners away. */
export function interruption(stop: () => void) {
  const controller = new AbortController()
  const told = { signal: controller.signal, code: undefined as number | undefined, end }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const listeners = signals.map((name) => {
    const listener = () => {
      told.code = signalled + constants.signals[name]
      controller.abort()
      stop()
    }
    process.once(name, listener)
    return { name, listener }
  })
  function end(): void {
    for (const { name, listener } of listeners) process.off(name, listener)
  }
  return told
}
