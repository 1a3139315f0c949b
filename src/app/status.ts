/**
 * The status page's server while the configuration changes: it is moved to another address only
 * when that one can be had, and a changed token is in force from the next request on.
 */
import type { StatusOptions } from '../config/load.ts'
import type { Asked } from '../status/asked.ts'
import { startStatusServer } from '../status/server.ts'
import type { StatusServer } from '../status/server.ts'
import type { Status } from '../status/status.ts'
import type { Metrics } from '../telemetry/metrics.ts'

export interface Shown {
  metrics: Metrics
  /** What the log should say. */
  warned: (message: string) => void
  status: () => Status
  /** undefined while the spool is not open. */
  asked: () => Asked | undefined
}

export class StatusPage {
  readonly #shown: Shown
  #server: StatusServer | undefined
  #listen = ''
  #tokens: Pick<StatusOptions, 'token' | 'tokens'> = { token: null, tokens: null }
  #closed = false

  constructor(shown: Shown) {
    this.#shown = shown
  }

  get isOpen(): boolean {
    return this.#server !== undefined
  }

  /** One line for the log: where it is, and who gets to see it. */
  get summary(): string {
    return this.#server?.summary ?? ''
  }

  get url(): string | undefined {
    return this.#server?.url
  }

  /** Has it there, under these tokens. Throws `config` when the address cannot be had, with all as it
   * was before. */
  async move({ listen, token, tokens }: StatusOptions): Promise<void> {
    const before = this.#tokens
    this.#tokens = { token, tokens }
    if (this.#closed || (this.#server && listen === this.#listen)) return
    try {
      this.#server = await this.#replace(listen)
      this.#listen = listen
    } catch (thrown) {
      this.#tokens = before
      throw thrown
    }
    if (this.#closed) await this.#server.close()
  }

  /** Safe before use, safe twice. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#server?.close()
  }

  async #replace(listen: string): Promise<StatusServer> {
    const old = this.#server
    try {
      const server = await this.#start(listen)
      await old?.close()
      return server
    } catch (thrown) {
      // The same port of another address may be taken by none but the old one.
      if (!old || portOf(listen) !== portOf(this.#listen)) throw thrown
    }
    await old.close()
    try {
      return await this.#start(listen)
    } catch (thrown) {
      this.#server = await this.#start(this.#listen)
      throw thrown
    }
  }

  #start(listen: string): Promise<StatusServer> {
    const tokens = () => this.#tokens
    return startStatusServer({
      ...this.#shown,
      listen,
      get token() {
        return tokens().token
      },
      get tokens() {
        return tokens().tokens
      },
    })
  }
}

function portOf(listen: string): string {
  return listen.slice(listen.lastIndexOf(':') + 1)
}
