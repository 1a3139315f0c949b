/**
 * The source `s3` with a real spool, as the appliance runs it: for tests in this process, and for the one that
 * is killed (`reading.ts`).
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { SourceLedger, StoredReject } from '../../../src/core.ts'
import { unpackLines } from '../../../src/io/lines.ts'
import { collect } from '../../../src/pipeline/collect.ts'
import type { S3Options } from '../../../src/s3/options.ts'
import type { Options } from '../../../src/sources/s3.ts'
import { create, schema } from '../../../src/sources/s3.ts'
import { openSpool } from '../../../src/spool/spool.ts'
import type { LmdbSpool } from '../../../src/spool/spool.ts'
import { recordedEvents } from '../../helpers/pipeline.ts'
import type { S3Service } from '../../helpers/versitygw.ts'

const name = 'bucket'

export function openObjectSpool(folder: string): Promise<LmdbSpool> {
  return openSpool({
    folder,
    maxBytes: 1e9,
    reserve: 0,
    remember: { age: 1e9, count: 1e6 },
    queues: [name],
    destinations: new Map([['siem', [name]]]),
  })
}

export function objectOptions(s3: S3Options, more: Partial<Options> = {}): Options {
  const defaults = Object.fromEntries(
    Object.entries(schema).map(([key, option]) => [
      key,
      'default' in option ? option.default : undefined,
    ]),
  )
  return { ...(defaults as unknown as Options), ...s3, interval: 30, ...more }
}

/** A source that runs until it is stopped. */
export class ObjectRun {
  readonly spool: LmdbSpool
  readonly options: Options
  readonly #recorded = recordedEvents()
  readonly #abort = new AbortController()
  readonly #running: Promise<void>

  constructor(spool: LmdbSpool, options: Options) {
    this.spool = spool
    this.options = options
    const source = this.source()
    this.#running = collect({
      name,
      source,
      spool,
      events: this.#recorded.events.source(name),
      makeRoom: async () => false,
      signal: this.#abort.signal,
    }).finally(() => source.close())
  }

  source() {
    return create(this.options, { name, remembers: (id) => this.spool.remembers(name, id) })
  }

  /** Every line in the spool, in its order. */
  lines(): string[] {
    const lines: string[] = []
    for (let at = 0; ;) {
      const block = this.spool.next(name, at)
      if (!block) return lines
      lines.push(...unpackLines(block.lines).map(({ cef }) => cef))
      at = block.sequence
    }
  }

  rejects(): StoredReject[] {
    return this.spool.rejects().list(1000)
  }

  ledger(): SourceLedger | undefined {
    return this.spool.queues()[0]?.ledger
  }

  log(): string[] {
    return this.#recorded.log().map(({ msg }) => msg)
  }

  said(text: string | RegExp): boolean {
    return this.log().some((line) =>
      typeof text === 'string' ? line.includes(text) : text.test(line),
    )
  }

  async until(what: () => boolean | Promise<boolean>): Promise<void> {
    for (let tries = 0; !(await what()); tries += 1) {
      if (tries === 1500) throw new Error(`still not so: ${String(what)}\n${this.log().join('\n')}`)
      await sleep(10)
    }
  }

  async stop(): Promise<void> {
    this.#abort.abort(new Error('stopped'))
    await this.#running
  }
}

export async function put(
  { connection: { client, sdk, bucket } }: Pick<S3Service, 'connection'>,
  key: string,
  body: string | Buffer,
): Promise<void> {
  await client.send(new sdk.PutObjectCommand({ Bucket: bucket, Key: key, Body: body }))
}

/** A line of CEF; with an id it is one event wherever it lies. */
export function line(text: string, id?: string): string {
  const own = id === undefined ? '' : ` eventId=${id}`
  return `CEF:0|CadoSecurity|CadoResponse|1.0.2|0|Creation Time|1|msg=${text} eventTime=1595194940${own}`
}

export function textOf(lines: string[]): string {
  return lines.map((each) => `${each}\n`).join('')
}
