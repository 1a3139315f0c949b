/**
 * Objects of a bucket as events: lines of CEF, as Cado or the destination `s3` writes them, CadoJson, or
 * any timeline that the source `timeline` reads, plain or gzip. For SIEMs that cannot read S3.
 *
 * New objects are found by listing the folder (`s3/polling.ts`) or told by a queue of SQS
 * (`s3/notified.ts`). Every row of an object comes once, whatever ends the process, and however often
 * the object is listed or notified: an object that was read is known by its key and ETag
 * (`s3/read-objects.ts`), a row by its id (`s3/object-batch.ts`). One that is written anew under its key
 * is read again, and adds what is new. Nothing is changed in the bucket unless `after` is delete; then
 * an object is deleted when all its rows are durable and none was rejected.
 */
import type { Batch, CheckStep, Source, SourceContext, StoredReject } from '../core.ts'
import { asCefline, error } from '../error.ts'
import { step } from '../io/check-step.ts'
import type { Lines } from '../io/lines.ts'
import { printable } from '../io/printable.ts'
import { zoneOffset } from '../io/time-zone.ts'
import { compileTimelineMapping } from '../mappings/cado.ts'
import { Bucket } from '../s3/bucket.ts'
import type { Listed } from '../s3/bucket.ts'
import { openS3 } from '../s3/client.ts'
import type { S3Connection } from '../s3/client.ts'
import { s3Failure } from '../s3/failure.ts'
import { judge, s3Schema } from '../s3/options.ts'
import type { S3Options } from '../s3/options.ts'
import { judgeQueue, Queue, queueTimes } from '../s3/queue.ts'
import { ReadObjects } from '../s3/read-objects.ts'
import { Peers } from '../s3/watched-agent.ts'
import { readingSchema } from '../timeline/options.ts'
import { remapTimeline } from '../timeline/remap.ts'
import type { TimelineReading } from '../timeline/reader.ts'
import { BothForms } from './s3/both-forms.ts'
import { Notifications } from './s3/notified.ts'
import { ObjectReader } from './s3/object-reader.ts'
import { evidenceOf } from './s3/object-reading.ts'
import type { ObjectReading } from './s3/object-reading.ts'
import { Polling } from './s3/polling.ts'
import { Stuck } from './s3/stuck.ts'

export interface Options extends S3Options, TimelineReading {
  suffix: string | null
  /** Url of a queue; null: the folder is listed. */
  queue: string | null
  /** ms */
  interval: number
  /** ms */
  since: number
  after: 'keep' | 'delete'
  evidence: string | null
}

export const schema = {
  ...s3Schema,
  suffix: {
    doc: 'Only objects whose keys end with it, such as `.cef.gz`.',
    format: 'text?',
    default: null as string | null,
  },
  queue: {
    doc: 'Url of the SQS queue that S3 tells of new objects; when not set, the folder is listed.',
    format: 'text?',
    default: null as string | null,
  },
  interval: {
    doc: 'How often the folder is listed.',
    format: 'duration',
    default: 60_000,
  },
  since: {
    doc: 'How old objects may be that a first start finds by listing; 0 takes all.',
    format: 'age',
    default: 30 * 24 * 60 * 60_000,
  },
  after: {
    doc: 'What becomes of an object that was read; delete deletes it when its rows are durable and none was rejected.',
    format: ['keep', 'delete'],
    default: 'keep',
  },
  ...readingSchema,
  evidence: {
    doc: 'The evidence’s name where rows have none; the key below the folder, without its endings, when not set.',
    format: 'text?',
    default: null as string | null,
  },
} as const

/** Throws `config` for options that are each well formed and cannot be used. */
export function create(options: Options, context: SourceContext): Source {
  const place = `sources.${context.name}`
  judge(options, place)
  if (options.queue !== null) judgeQueue(options.queue, place)
  zoneOffset(options.timezone, `${place}.timezone`)
  compileTimelineMapping(options.mapping, `${place}.mapping`)
  return new S3(options, context, place)
}

class S3 implements Source {
  readonly #options: Options
  readonly #context: SourceContext
  readonly #place: string
  readonly #reading: ObjectReading
  readonly #stuck = new Stuck()

  constructor(options: Options, context: SourceContext, place: string) {
    this.#options = options
    this.#context = context
    this.#place = place
    this.#reading = { ...options, prefix: prefixOf(options.folder) }
  }

  async *check(
    _checkpoint: string | undefined,
    signal: AbortSignal,
    connect: boolean,
  ): AsyncGenerator<CheckStep> {
    let connection: S3Connection | undefined
    yield await step('s3', async () => {
      connection = await openS3(this.#options, this.#place)
      return connection.where
    })
    if (!connection) return
    const { client, where } = connection
    try {
      if (!connect) return
      const credentials = await step('credentials', async () => {
        const { accessKeyId } = await client.config.credentials().catch((thrown: unknown) => {
          throw s3Failure(thrown, { place: this.#place, where, needs: 'sts:AssumeRole' })
        })
        return `access key ${accessKeyId}`
      })
      yield credentials
      if (!credentials.ok) return
      const bucket = new Bucket(connection, this.#place)
      yield await step('bucket', () => this.#look(bucket, signal))
      if (this.#options.queue !== null) yield await this.#checkQueue(this.#options.queue, signal)
    } finally {
      connection.close()
    }
  }

  async *batches(stored: string | undefined, signal: AbortSignal): AsyncGenerator<Batch> {
    const { queue: url, interval, since, endpoint, bucket: name } = this.#options
    const { prefix } = this.#reading
    const suffix = this.#options.suffix ?? ''
    let connection: S3Connection | undefined
    let queue: Queue | undefined
    const { hear } = new Peers((peers) => this.#context.connected?.(peers))
    try {
      connection = await openS3(this.#options, this.#place, hear)
      if (url !== null) queue = await Queue.open(url, this.#options, this.#place, queueTimes, hear)
      const bucket = new Bucket(connection, this.#place)
      const of = JSON.stringify([endpoint ?? '', name, prefix])
      const read = new ReadObjects(stored, of, since)
      const remembers = (id: Uint8Array) => this.#context.remembers(id)
      const reader = new ObjectReader(bucket, read, remembers, this.#reading, signal)
      const finding = queue
        ? new Notifications(queue, reader, { bucket: name, prefix, suffix })
        : new Polling(bucket, read, reader, { prefix, suffix, interval, stuck: this.#stuck })
      yield* finding.batches(signal)
    } catch (thrown) {
      if (!signal.aborted) throw thrown
    } finally {
      queue?.close()
      connection?.close()
    }
  }

  async remap(reject: StoredReject): Promise<Lines> {
    const { row, origin, reason } = reject
    if (row === 0 && reject.record.startsWith('s3://')) {
      const cure = 'put it right and upload it again'
      throw error('header', `${origin} is an object, not a row (${reason}): ${cure}`, {
        permanent: true,
      })
    }
    if (origin === this.#options.queue) throw error('record', reason, { permanent: true })
    const evidence = { id: undefined, name: evidenceOf(origin, this.#reading) }
    return remapTimeline(reject, this.#options, evidence)
  }

  async close(): Promise<void> {
    // Each run closes what it has opened.
  }

  /** Lists one key, as reading begins with that; who has a queue may do without. */
  async #look(bucket: Bucket, signal: AbortSignal): Promise<string> {
    const { prefix } = this.#reading
    let first: Listed | undefined
    try {
      const { objects } = await bucket.list(prefix, '', signal, 1)
      first = objects[0]
      await this.#lookForBoth(bucket, signal)
    } catch (thrown) {
      if (this.#options.queue === null || asCefline(thrown).code !== 'forbidden') throw thrown
      const then = 'without s3:ListBucket an object that is gone looks like one that is forbidden'
      return `${bucket.where} (which may not be listed: ${then})`
    }
    if (first) return `${bucket.where}, the first object is ${printable(first.key)}`
    const slash = prefix.startsWith('/') ? ' (its name begins with a slash: is that meant?)' : ''
    return `${bucket.where}, nothing is in folder “${prefix}”${slash}`
  }

  async #lookForBoth(bucket: Bucket, signal: AbortSignal): Promise<void> {
    const forms = new BothForms()
    for (const form of ['cef/', 'json/']) {
      const { objects } = await bucket.list(`${this.#reading.prefix}${form}`, '', signal, 1)
      const key = objects[0]?.key ?? ''
      const twice = key.endsWith(this.#options.suffix ?? '') ? forms.see(key) : undefined
      if (twice !== undefined) throw error('config', `${this.#place}.folder: ${twice}`)
    }
  }

  async #checkQueue(url: string, signal: AbortSignal): Promise<CheckStep> {
    return step('queue', async () => {
      const queue = await Queue.open(url, this.#options, this.#place)
      try {
        const then = 'whether they may be received shows with the first'
        return `${url}, about ${await queue.size(signal)} messages; ${then}`
      } catch (thrown) {
        // Working does not need sqs:GetQueueAttributes.
        if (asCefline(thrown).code !== 'forbidden') throw thrown
        return `${url} (which may not be looked at)`
      } finally {
        queue.close()
      }
    })
  }
}

/** What keys begin with: the folder as it is written, as others may have made it; Cado's settings allow
 * a slash at the beginning, which is then a part of every key. */
function prefixOf(folder: string | null): string {
  if (folder === null || folder === '') return ''
  return folder.endsWith('/') ? folder : `${folder}/`
}
