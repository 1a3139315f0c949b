/**
 * A `netwrix-push` source that listens on a free port of loopback, run as `collect` runs it, with a
 * spool that can be held. For tests.
 */
import { request as httpRequest } from 'node:http'
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Batch, Notice, Reject, Source } from '../../src/core.ts'
import { unpackLines } from '../../src/io/lines.ts'
import type { Options } from '../../src/sources/netwrix-push.ts'
import { create } from '../../src/sources/netwrix-push.ts'

export const header = 'When\tWho\tAction\n'
export const row = (who: string): string => `2026-01-02T03:04:05Z\t${who}\tAdded\n`
export const token = 'a-token-of-the-tests'

export const usual: Options = {
  listen: '127.0.0.1:8515',
  folder: './push',
  token,
  allowPlainHttp: false,
  maxBody: 1e6,
  rate: 0,
  timeout: 30_000,
  timezone: 'UTC',
  dateFormat: 'auto',
  profile: 'standard',
  tls: { cert: null, key: null, selfMade: false, names: null, minVersion: 'TLSv1.2' },
}

export interface Reply {
  status: number
  headers: IncomingHttpHeaders
  /** The body, of JSON. */
  said: Record<string, unknown>
}

export class World {
  readonly who: string[] = []
  readonly ids: string[] = []
  readonly rejects: Reject[] = []
  readonly notices: Notice[] = []
  readonly known = new Set<string>()
  readonly port: number
  readonly source: Source
  /** The append waits for it. */
  held: Promise<void> = Promise.resolve()
  /** The next append throws this. */
  failure: Error | undefined
  #abort = new AbortController()
  #running: Promise<void> = Promise.resolve()

  private constructor(port: number, options: Options) {
    this.port = port
    const remembers = (id: Uint8Array) => this.known.has(hex(id))
    this.source = create(options, { name: 'push', remembers })
  }

  /** Listening. */
  static async start(folder: string, options: Partial<Options> = {}): Promise<World> {
    const port = await freePort()
    const world = new World(port, { ...usual, folder, listen: `127.0.0.1:${port}`, ...options })
    world.run()
    await world.until(() => world.notices.length > 0)
    return world
  }

  run(): void {
    this.#abort = new AbortController()
    this.#running = this.#collect(this.#abort.signal)
  }

  async abort(): Promise<void> {
    this.#abort.abort()
    await this.#running
  }

  async stop(): Promise<void> {
    await this.abort()
    await this.source.close()
    await this.source.close()
  }

  async until(condition: () => boolean): Promise<void> {
    for (let turn = 0; turn < 2000 && !condition(); turn += 1) await sleep(10)
    if (!condition()) throw new Error(`it did not come to that: ${JSON.stringify(this.notices)}`)
  }

  /** Holds the spool; to be let go by what is given. */
  hold(): () => void {
    const { promise, resolve } = later()
    this.held = promise
    return resolve
  }

  async send(
    body: string | Buffer,
    headers: OutgoingHttpHeaders = {},
    { method = 'PUT', path = '/v1/alerts' } = {},
  ): Promise<Reply> {
    return ask(this.port, { method, path, headers: { ...bearer, ...headers } }, body)
  }

  async #collect(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const batch of this.source.batches(undefined, signal)) {
          await this.held
          if (batch.read > 0 && this.failure) throw this.failure
          this.#append(batch)
        }
      } catch (thrown) {
        if (signal.aborted) return
        this.notices.push({ level: 'error', code: 'thrown', message: String(thrown) })
        this.failure = undefined
        await sleep(20)
      }
    }
  }

  #append({ lines, rejects, remember, notices }: Batch): void {
    this.notices.push(...(notices ?? []))
    for (const reject of rejects) if (this.#isNew(reject.id)) this.rejects.push(reject)
    for (const [index, { cef }] of unpackLines(lines.bytes).entries()) {
      const id = lines.ids.subarray(index * 16, index * 16 + 16)
      if (!this.#isNew(id)) continue
      this.who.push(/ suser=(\S*)/.exec(cef)?.[1] ?? '')
      this.ids.push(hex(id))
    }
    for (let at = 0; remember && at < remember.length; at += 16) {
      this.#isNew(remember.subarray(at, at + 16))
    }
  }

  #isNew(id: Uint8Array | undefined): boolean {
    const isNew = id === undefined || !this.known.has(hex(id))
    if (id) this.known.add(hex(id))
    return isNew
  }
}

export const bearer = { authorization: `Bearer ${token}` }

/** One request on a connection of its own. */
export async function ask(
  port: number,
  options: { method: string; path: string; headers?: OutgoingHttpHeaders },
  body: string | Buffer = '',
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest({ host: '127.0.0.1', port, agent: false, ...options }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.once('error', reject).once('end', () => {
        const said = (text === '' ? {} : JSON.parse(text)) as Reply['said']
        resolve({ status: response.statusCode ?? 0, headers: response.headers, said })
      })
    })
    asked.once('error', reject)
    if (options.headers?.expect === undefined) asked.end(body)
    else asked.once('continue', () => asked.end(body)).flushHeaders()
  })
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}

export function later(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {}
  const promise = new Promise<void>((done) => (resolve = done))
  return { promise, resolve }
}

function hex(id: Uint8Array): string {
  return Buffer.from(id).toString('hex')
}
