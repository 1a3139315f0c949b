/**
 * What is said of requests that were refused: of each kind one notice a minute at most, which counts
 * the others, so that nobody fills the log from outside.
 */
import type { Notice } from '../core.ts'
import type { Answer } from './push-answer.ts'

const pause = 60_000
/** That wait to be taken: while the spool is full nobody takes any. */
const mostWaiting = 50

/** Not worth a word: the loop that fills the spool, or stops, says it. */
const unsaid = new Set(['full', 'stopping'])

export class PushNotices {
  readonly #kinds = new Map<string, { at: number; untold: number }>()
  #notices: Notice[] = []

  /** A request of this client got this answer. True when there is something to `take`. */
  refused({ status, body }: Answer, client: string, now = performance.now()): boolean {
    if (!('error' in body) || unsaid.has(body.error)) return false
    const kind = `${status} ${body.error}`
    const before = this.#kinds.get(kind) ?? { at: -Infinity, untold: 0 }
    if (now - before.at < pause || this.#notices.length >= mostWaiting) {
      this.#kinds.set(kind, { ...before, untold: before.untold + 1 })
      return false
    }
    const others = before.untold > 0 ? ` (and ${before.untold} others before it)` : ''
    this.#kinds.set(kind, { at: now, untold: 0 })
    const message = `a request from ${client}${others} was answered ${kind}: ${body.message}`
    this.tell({ level: 'warn', code: 'push-refused', message })
    return true
  }

  tell(notice: Notice): void {
    this.#notices.push(notice)
  }

  take(): Notice[] {
    const taken = this.#notices
    this.#notices = []
    return taken
  }
}
