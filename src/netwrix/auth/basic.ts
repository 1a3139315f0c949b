/**
 * Basic: the password itself, with every request. Source: RFC 7617, in UTF-8.
 */
import type { Account } from './account.ts'
import type { Answered, Scheme } from './scheme.ts'

export class Basic implements Scheme {
  readonly name = 'Basic'
  readonly perConnection = false
  readonly #authorization: string
  #said = false

  constructor({ username, password = '' }: Account) {
    const credentials = Buffer.from(`${username}:${password}`, 'utf8').toString('base64')
    this.#authorization = `Basic ${credentials}`
  }

  begin(): void {
    this.#said = false
  }

  async answer(): Promise<Answered | undefined> {
    if (this.#said) return undefined
    this.#said = true
    return { authorization: this.#authorization, last: true }
  }
}
