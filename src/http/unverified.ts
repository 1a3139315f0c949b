/**
 * The warning, at once and then every hour, that a server's certificate is not looked at although
 * something secret goes there.
 */
import type { Notice } from '../core.ts'
import type { TlsOptions } from '../io/tls.ts'
import { Reminder } from './reminder.ts'

const every = 60 * 60_000

export class Unverified {
  readonly #url: URL
  readonly #secret: string
  readonly #reminder: Reminder | undefined

  /** `secret` is what the server gets: `password`. */
  constructor({ url, tls }: { url: URL; tls: TlsOptions }, secret: string) {
    const isVerified = tls.verify || tls.fingerprint !== null || url.protocol === 'http:'
    this.#url = url
    this.#secret = secret
    this.#reminder = isVerified ? undefined : new Reminder(every)
  }

  /** What is to be said now (ms); it counts as said. */
  take(now: number): Notice[] {
    if (!this.#reminder?.due(now)) return []
    const message =
      `tls.verify is false: whoever answers at ${this.#url.host} is believed and gets the ` +
      `${this.#secret}; set tls.fingerprint or tls.ca (cefline check --connect shows the fingerprint)`
    return [{ level: 'warn', code: 'tls', message }]
  }
}
