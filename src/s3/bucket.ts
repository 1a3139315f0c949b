/**
 * A bucket as its reader sees it: listed in the order of keys, objects opened as a stream, and deleted.
 *
 * One answer has the bytes of one version of an object, with its ETag: what was read is told by that, not by
 * what a list said before. A body that ends early is an error, never a short object.
 */
import type { Readable } from 'node:stream'
import { error } from '../error.ts'
import { printable } from '../io/printable.ts'
import type { S3Connection } from './client.ts'
import { s3Failure, statusOf } from './failure.ts'

/** One version of an object. */
export interface ObjectVersion {
  key: string
  /** Without its quotation marks; where the service gives none, time and size. '': not known. */
  etag: string
}

export interface Listed extends ObjectVersion {
  /** Bytes. */
  size: number
  /** ms since 1970, of the service's clock. */
  modified: number
}

export interface Opened extends Listed {
  chunks: AsyncIterable<Buffer>
  /** Bytes given so far. */
  given: () => number
  /** Closes it, read or not. Safe twice. */
  discard: () => void
}

/** Why there is nothing to read: it is not there, or in an archive that has to restore it first. */
export type Unreadable = 'gone' | 'archived'

export interface Page {
  objects: Listed[]
  /** There are more after the last one. */
  isTruncated: boolean
}

const pageSize = 1_000
const getNeeds =
  's3:GetObject (s3:ListBucket too, as without it what is gone looks forbidden; kms:Decrypt where a KMS key ' +
  'encrypts it)'

export class Bucket {
  readonly where: string
  readonly #connection: S3Connection
  readonly #place: string
  /** ms by which the service's clock is ahead of ours. */
  #ahead = 0

  /** `place` is the source's path in the configuration. */
  constructor(connection: S3Connection, place: string) {
    this.where = connection.where
    this.#connection = connection
    this.#place = place
    connection.client.middlewareStack.add(
      (next) => async (asked) => {
        const answered = await next(asked)
        this.#note(answered.response)
        return answered
      },
      { step: 'deserialize', name: 'ceflineClock', override: true },
    )
  }

  /** ms since 1970 by the service's clock, as it was in its last answer: what objects are dated by. The
   * SDK goes on with a clock of ours that is wrong. */
  now(): number {
    return Date.now() + this.#ahead
  }

  /** `s3://bucket/key`, printable. */
  urlOf(key: string): string {
    return `s3://${this.#connection.bucket}/${printable(key)}`
  }

  /** The objects under `prefix` whose keys come after `after` in the order of their bytes. */
  async list(prefix: string, after: string, signal: AbortSignal, most = pageSize): Promise<Page> {
    const { client, sdk, bucket, where } = this.#connection
    const command = new sdk.ListObjectsV2Command({
      Bucket: bucket,
      MaxKeys: most,
      // Else a key with a control character would be no XML.
      EncodingType: 'url',
      ...(prefix !== '' && { Prefix: prefix }),
      ...(after !== '' && { StartAfter: after }),
    })
    try {
      const answer = await client.send(command, { abortSignal: signal })
      const { Contents = [], IsTruncated: isTruncated = false } = answer
      const objects = Contents.map(({ Key = '', ETag, Size = 0, LastModified }) => ({
        key: answer.EncodingType === 'url' ? decodeKey(Key) : Key,
        etag: versionOf(ETag, LastModified, Size),
        size: Size,
        modified: LastModified?.getTime() ?? Date.now(),
      }))
      this.#checkOrder(objects, after, isTruncated)
      return { objects, isTruncated }
    } catch (thrown) {
      throw s3Failure(thrown, { place: this.#place, where, needs: 's3:ListBucket' })
    }
  }

  /** Throws what may be tried again. */
  async open(key: string, signal: AbortSignal): Promise<Opened | Unreadable> {
    const { client, sdk, bucket } = this.#connection
    const command = new sdk.GetObjectCommand({ Bucket: bucket, Key: key })
    try {
      const answer = await client.send(command, { abortSignal: signal })
      const { Body, ETag, ContentLength: size = -1, LastModified } = answer
      const body = Body as unknown as Readable
      let given = 0
      const chunks = this.#chunks(key, body, size, (bytes) => (given += bytes))
      const modified = LastModified?.getTime() ?? Date.now()
      const etag = versionOf(ETag, LastModified, size)
      const discard = () => void body.on('error', () => {}).destroy()
      return { key, etag, size, modified, chunks, given: () => given, discard }
    } catch (thrown) {
      const { name, status } = statusOf(thrown)
      if (name === 'NoSuchKey' || (status === 404 && name !== 'NoSuchBucket')) return 'gone'
      if (name === 'InvalidObjectState') return 'archived'
      throw this.#failure(thrown, key, getNeeds)
    }
  }

  /** Deletes this version and no other. False: another one is there by now. */
  async delete({ key, etag }: ObjectVersion, signal: AbortSignal): Promise<boolean> {
    const { client, sdk, bucket, aws } = this.#connection
    const object = { Bucket: bucket, Key: key }
    try {
      if (!aws) {
        // Few other services know a condition here: looking just before is the nearest to it.
        const head = new sdk.HeadObjectCommand(object)
        const seen = await client.send(head, { abortSignal: signal })
        if (versionOf(seen.ETag, seen.LastModified, seen.ContentLength) !== etag) return false
      }
      const condition = aws ? { IfMatch: `"${etag}"` } : {}
      const command = new sdk.DeleteObjectCommand({ ...object, ...condition })
      await client.send(command, { abortSignal: signal })
      return true
    } catch (thrown) {
      const { status, name } = statusOf(thrown)
      if (status === 412) return false
      if (status === 404 && name !== 'NoSuchBucket') return true
      throw this.#failure(thrown, key, 's3:DeleteObject')
    }
  }

  #note(response: unknown): void {
    const { headers } = response as { headers?: Record<string, string> }
    const date = Date.parse(headers?.['date'] ?? '')
    if (Number.isFinite(date)) this.#ahead = date - Date.now()
  }

  async *#chunks(
    key: string,
    body: Readable,
    size: number,
    count: (bytes: number) => number,
  ): AsyncGenerator<Buffer> {
    let given = 0
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        given = count(chunk.length)
        yield chunk
      }
    } catch (thrown) {
      throw this.#failure(thrown, key, 's3:GetObject')
    }
    if (size >= 0 && given !== size) {
      const why = `its body ended after ${given} of ${size} bytes`
      throw error('lost', `${this.urlOf(key)} (${this.#place}): ${why}; it is read again`)
    }
  }

  #failure(thrown: unknown, key: string, needs: string): Error {
    return s3Failure(thrown, { place: this.#place, where: this.urlOf(key), needs })
  }

  /** Going on after the last key rests on the order, which S3 promises for general purpose buckets
   * (ListObjectsV2) and does not have in directory buckets. */
  #checkOrder(objects: Listed[], after: string, isTruncated: boolean): void {
    let last = Buffer.from(after)
    for (const { key } of objects) {
      const bytes = Buffer.from(key)
      if (bytes.compare(last) <= 0) throw this.#disordered(key)
      last = bytes
    }
    if (isTruncated && objects.length === 0) throw this.#disordered('an empty page')
  }

  #disordered(what: string): Error {
    const cure = 'use a general purpose bucket, or a queue of its notifications'
    const why = `its list is not in the order of keys (at ${printable(what)})`
    return error('bad-answer', `${this.where} (${this.#place}): ${why}: ${cure}`)
  }
}

/** As in a query: `+` is a space. */
export function decodeKey(encoded: string): string {
  return decodeURIComponent(encoded.replaceAll('+', ' '))
}

/** A gateway in front of files may have no ETag for those that it did not write. Lists have times of
 * finer grain than headers. */
function versionOf(etag = '', modified: Date | undefined, size = 0): string {
  const bare = etag.replace(/^(?:W\/)?"?|"$/g, '')
  return bare === '' ? `${Math.floor((modified?.getTime() ?? 0) / 1000)}-${size}` : bare
}
