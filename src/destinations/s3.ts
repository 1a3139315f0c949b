/**
 * Writes CEF lines as objects into a bucket: AWS S3 or a service compatible with it. Every line is in
 * the bucket once, whatever ends the process: an object's boundaries and bytes are on the disk here
 * before it is sent, its key holds its numbers, and what is known to be in the bucket is left out when
 * it comes again (`s3/shelf.ts`). A block has its receipt when all of its lines and all before them
 * are in objects that the service has confirmed.
 *
 * Lines of one evidence item, else of one source, are gathered into a series of objects, each closed
 * by size or age. What is open at a stop is dropped, as its lines have no receipt and come again:
 * closing it would make a stop as slow as the bucket, and every restart would leave small objects.
 */
import type { Block, CheckStep, Delivery, Destination } from '../core.ts'
import { error, isCeflineError } from '../error.ts'
import { step } from '../io/check-step.ts'
import { within } from '../io/within.ts'
import { openS3 } from '../s3/client.ts'
import type { S3Connection } from '../s3/client.ts'
import { s3Failure } from '../s3/failure.ts'
import { folderOf, judge, s3Schema } from '../s3/options.ts'
import type { S3Options } from '../s3/options.ts'
import { Peers } from '../s3/watched-agent.ts'
import { Delivering } from './s3/delivering.ts'
import { formsOf, jsonLine } from './s3/forms.ts'
import type { Format } from './s3/forms.ts'
import { Shelf } from './s3/shelf.ts'
import { writeFailure } from './s3/write-failure.ts'
import { until } from './syslog/until.ts'

export interface Options extends S3Options {
  format: Format
  gzip: boolean
  maxBytes: number
  /** ms */
  maxAge: number
  sse: 'none' | 'AES256' | 'aws:kms'
  kmsKey: string | null
}

export const schema = {
  ...s3Schema,
  format: {
    doc: 'Lines as CEF, as CadoJson, or both, each in a folder of its own (`cef/`, `json/`).',
    format: ['cef', 'json', 'both'],
    default: 'cef',
  },
  gzip: {
    doc: 'Whether objects are compressed (`.gz`).',
    format: 'flag',
    default: true,
  },
  maxBytes: {
    doc: 'Bytes of lines, before compression, from which on an object is closed.',
    format: 'bytes',
    default: 64_000_000,
  },
  maxAge: {
    doc: 'How long lines wait at most for their object to be closed.',
    format: 'duration',
    default: 300_000,
  },
  sse: {
    doc: 'Encryption by the service: `none` (what the bucket does by itself), `AES256` or `aws:kms`.',
    format: ['none', 'AES256', 'aws:kms'],
    default: 'none',
  },
  kmsKey: {
    doc: 'ARN of the KMS key for `aws:kms` (default: the account’s key for S3).',
    format: 'text?',
    default: null as string | null,
  },
}

/** `folder`: of the destination's own, absolute, on a disk that outlives a restart. */
export interface Context {
  name: string
  folder?: string
}

export function create(options: Options, context: Context): Destination {
  return new S3(options, context)
}

class S3 implements Destination {
  readonly #options: Options
  readonly #folder: string | undefined
  readonly #place: string

  constructor(options: Options, { name, folder }: Context) {
    const place = `destinations.${name}`
    judge(options, place)
    if (options.kmsKey !== null && options.sse !== 'aws:kms') {
      const cure = 'set it to aws:kms, or leave the key out'
      throw error('config', `${place}.kmsKey is set but ${place}.sse is ${options.sse}: ${cure}`)
    }
    this.#options = options
    this.#folder = folder
    this.#place = place
  }

  async *check(signal: AbortSignal, connect: boolean): AsyncGenerator<CheckStep> {
    const { bucket, endpoint } = this.#options
    let connection: S3Connection | undefined
    const opened = await step('s3', async () => {
      connection = await openS3(this.#options, this.#place)
      return `s3://${bucket}${endpoint === null ? '' : ` at ${endpoint}`}`
    })
    yield opened
    if (!connection) return
    try {
      // A role or a container's credentials are asked for over the network.
      if (!connect) return
      const open = connection
      const credentials = await step('credentials', async () => {
        return `access key ${await this.#identify(open, signal)}`
      })
      yield credentials
      if (!credentials.ok) return
      yield await step('bucket', async () => {
        const seen = await this.#reach(open, signal)
        return `${seen}; whether s3:PutObject is allowed shows with the first object, as nothing is written here`
      })
    } finally {
      connection.close()
    }
  }

  async deliver(
    blocks: AsyncIterable<Block>,
    delivery: Delivery,
    signal: AbortSignal,
  ): Promise<void> {
    const iterator = blocks[Symbol.asyncIterator]()
    const stopping = new AbortController()
    const ended = AbortSignal.any([signal, stopping.signal])
    let connection: S3Connection | undefined
    let delivering: Delivering | undefined
    // Told with the connection; from then on, that it rests on another certificate.
    let standing: string | undefined
    const peers = new Peers((certificates) => {
      if (standing !== undefined && !ended.aborted) delivery.connected(standing, certificates)
    })
    try {
      if (this.#folder === undefined) throw new Error('the s3 destination was given no folder')
      const shelf = await Shelf.open(this.#folder)
      connection = await openS3(this.#options, this.#place, peers.hear)
      delivery.proof('stored')
      // A role that may not be assumed would look like a bucket that may not be looked at.
      await this.#identify(connection, ended)
      const seen = await this.#reach(connection, ended)
      const { format, folder } = this.#options
      const settings = {
        ...this.#options,
        forms: formsOf(format),
        prefix: folderOf(folder, this.#place),
        place: this.#place,
      }
      delivering = new Delivering(settings, shelf, connection, delivery, ended)
      await delivering.resume()
      delivery.connected(seen, peers.all())
      standing = seen
      // What is under way there ends by itself when it must: two runs never write one folder.
      await this.#run(iterator, delivering, signal)
    } catch (thrown) {
      if (!signal.aborted) throw this.#explain(thrown)
    } finally {
      stopping.abort()
      await delivering?.abandon()
      connection?.close()
      void iterator.return?.()
    }
  }

  frame(cef: string): Buffer {
    const line = this.#options.format === 'json' ? jsonLine(cef) : cef
    return Buffer.from(`${line}\n`)
  }

  async close(): Promise<void> {
    // Each delivery closes what it has opened.
  }

  /** Takes blocks and closes what is old, also while no block comes. */
  async #run(
    iterator: AsyncIterator<Block>,
    delivering: Delivering,
    signal: AbortSignal,
  ): Promise<void> {
    const ended = AbortSignal.any([signal, delivering.failed])
    for (;;) {
      const asked = iterator.next()
      let next: IteratorResult<Block> | undefined
      while ((next = await until(within(asked, delivering.wait()), ended)) === undefined) {
        await delivering.closeSealed()
      }
      if (next.done === true) {
        // Only who has no more to give comes to an end; a stop comes by the signal.
        if (!signal.aborted) await delivering.finish()
        return
      }
      await delivering.take(next.value)
    }
  }

  /** That the bucket is there and the keys are known, as far as that may be seen: to ask needs
   * s3:ListBucket, which who only writes may not have. A list of one key and not HEAD, whose answer has
   * no body: wrong keys and a wrong clock would look like that missing permission. */
  async #reach({ client, sdk, bucket, where }: S3Connection, signal: AbortSignal): Promise<string> {
    try {
      const command = new sdk.ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1 })
      await client.send(command, { abortSignal: signal })
      return where
    } catch (thrown) {
      const failure = s3Failure(thrown, { place: this.#place, where, needs: 's3:ListBucket' })
      if (failure.code === 'forbidden') return `${where} (which may not be looked at)`
      throw failure
    }
  }

  /** The id of the access key, got from wherever the SDK finds it: a role is assumed by this. */
  async #identify({ client }: S3Connection, signal: AbortSignal): Promise<string> {
    try {
      return (await until(client.config.credentials(), signal)).accessKeyId
    } catch (thrown) {
      throw this.#explain(thrown)
    }
  }

  #explain(thrown: unknown): Error {
    const where = `s3://${this.#options.bucket}`
    if (isCeflineError(thrown)) return thrown
    const failure = writeFailure(thrown, this.#place)
    return failure ?? s3Failure(thrown, { place: this.#place, where, needs: 's3:PutObject' })
  }
}
