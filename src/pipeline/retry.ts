/**
 * Waiting between tries: exponential, with jitter, ended at once by an abort.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { CeflineError } from '../error.ts'

/** ms before the first further try. */
const first = 500
/** ms that a wait grows to at most. */
const most = 60_000
/** No timer of Node's runs longer than this. */
const longestTimer = 2 ** 31 - 1

export class Backoff {
  #tries = 0

  /** The next wait in ms: doubled each time, of which a random half to whole is taken. */
  next(): number {
    const whole = Math.min(most, first * 2 ** this.#tries)
    this.#tries += 1
    return Math.round(whole * (0.5 + Math.random() / 2))
  }

  /** To be called when something worked. */
  reset(): void {
    this.#tries = 0
  }
}

/** ms before a configuration that does not work is tried again: a certificate's file may be put right
 * without a restart, and nothing else changes by itself. */
const configurationWait = 60_000

/** How long to wait after a failure, in ms. */
export function waitAfter({ code, retryAfter }: CeflineError, backoff: Backoff): number {
  return retryAfter ?? (code === 'config' ? configurationWait : backoff.next())
}

/** Waits; `Infinity` waits for the abort. Resolves early, without throwing, when aborted. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    do {
      const wait = Math.min(milliseconds, longestTimer)
      await sleep(wait, undefined, { signal })
      milliseconds -= wait
    } while (milliseconds > 0)
  } catch (thrown) {
    if (!signal.aborted) throw thrown
  }
}
