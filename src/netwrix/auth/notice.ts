/**
 * What the log is told of the login: once, and again when it is another.
 */
import type { Notice } from '../../core.ts'

export class LoginNotice {
  readonly #address: URL
  #told: string | undefined

  constructor(address: URL) {
    this.#address = address
  }

  /** `login` is how it is done, as the client says it; undefined before the first. */
  news(login: string | undefined): Notice[] {
    if (login === undefined || login === this.#told) return []
    this.#told = login
    const level = login.includes('clear text') ? 'warn' : 'info'
    return [{ level, code: 'login', message: `logged in at ${this.#address.host} by ${login}` }]
  }
}
