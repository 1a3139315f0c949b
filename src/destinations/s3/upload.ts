/**
 * Brings one closed file into the bucket under its key: whole or not at all, never over something
 * that is there, the same bytes however often it is tried. Small ones go at once, others in parts, one
 * part in memory at a time.
 *
 * `If-None-Match: *` refuses with 412 where the key is taken: that is ours, from a try whose answer was
 * lost, only when size and digest are those that we have. Source: Amazon S3 User Guide, "Conditional
 * writes", "Multipart upload limits", "Checking object integrity".
 */
import { createHash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { error } from '../../error.ts'
import type { S3Connection } from '../../s3/client.ts'
import { s3Failure, statusOf } from '../../s3/failure.ts'
import type { ClosedObject } from './shelf.ts'

const mebibyte = 1024 * 1024
/** S3 takes 10,000 parts of 5 MiB and more. */
const mostParts = 10_000
const leastPart = 8 * mebibyte
/** ms that are given to taking back the parts of an upload that is given up. */
const abortTime = 3_000

export interface Sealing {
  sse: 'none' | 'AES256' | 'aws:kms'
  kmsKey: string | null
}

export class Uploader {
  readonly #connection: S3Connection
  readonly #sealing: Sealing
  readonly #place: string
  readonly #signal: AbortSignal
  /** False once the service has said that it knows no If-None-Match. */
  #conditional = true

  constructor(connection: S3Connection, sealing: Sealing, place: string, signal: AbortSignal) {
    this.#connection = connection
    this.#sealing = sealing
    this.#place = place
    this.#signal = signal
  }

  /** Resolves when the object is in the bucket. `again`: it may have been tried before. Throws ours. */
  async upload(object: ClosedObject, path: string, again: boolean): Promise<void> {
    const file = await open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
      throw error('write-failed', `${path}: cannot be read again (${cause.code})`, { cause })
    })
    try {
      if (!this.#conditional && (await this.#isThere(object))) return
      await this.#send(object, file, again)
    } catch (thrown) {
      this.#signal.throwIfAborted()
      const { name, status } = statusOf(thrown)
      if (status === 412 || name === 'PreconditionFailed') {
        if (await this.#isThere(object)) return
      }
      if (status === 501 && this.#conditional) {
        // Some S3-compatible services know no conditional writes: then it is looked first.
        this.#conditional = false
        return await this.upload(object, path, again)
      }
      throw this.#explain(thrown, object, 's3:PutObject')
    } finally {
      await file.close()
    }
  }

  async #send(object: ClosedObject, file: FileHandle, again: boolean): Promise<void> {
    if (object.size > leastPart) {
      if (again) await this.#abortOthers(object.key)
      await this.#sendParts(object, file)
      return
    }
    const { client, sdk, aws } = this.#connection
    const body = await read(file, 0, object.size)
    this.#judge(object, createHash('sha256').update(body))
    const sum = aws && { ChecksumSHA256: digestOf(body) }
    const command = new sdk.PutObjectCommand({
      ...this.#head(object),
      ...this.#only(),
      ...sum,
      Body: body,
    })
    await client.send(command, { abortSignal: this.#signal })
  }

  async #sendParts(object: ClosedObject, file: FileHandle): Promise<void> {
    const { client, sdk, aws, bucket } = this.#connection
    const abortSignal = this.#signal
    const algorithm = aws && { ChecksumAlgorithm: 'SHA256' as const }
    const begun = await client.send(
      new sdk.CreateMultipartUploadCommand({ ...this.#head(object), ...algorithm }),
      { abortSignal },
    )
    const upload = { Bucket: bucket, Key: object.key, UploadId: begun.UploadId }
    try {
      // The SDK tried again by itself: the try whose answer was lost may have begun one too.
      if ((begun.$metadata.attempts ?? 1) > 1) await this.#abortOthers(object.key, begun.UploadId)
      const size = partSize(object.size)
      const whole = createHash('sha256')
      const parts: { PartNumber: number; ETag?: string; ChecksumSHA256?: string }[] = []
      for (let at = 0; at < object.size; at += size) {
        const body = await read(file, at, Math.min(size, object.size - at))
        whole.update(body)
        const sum = aws ? { ChecksumSHA256: digestOf(body) } : {}
        const number = { PartNumber: parts.length + 1 }
        const part = new sdk.UploadPartCommand({ ...upload, ...number, ...sum, Body: body })
        const { ETag } = await client.send(part, { abortSignal })
        parts.push({ ...number, ...(ETag !== undefined && { ETag }), ...sum })
      }
      this.#judge(object, whole)
      const ending = { ...upload, ...this.#only(), MultipartUpload: { Parts: parts } }
      await client.send(new sdk.CompleteMultipartUploadCommand(ending), { abortSignal })
    } catch (thrown) {
      await this.#abort(upload)
      throw thrown
    }
  }

  /** Throws when the bytes read are not those that were written: the next run finds it out too
   * (`shelf.ts`) and makes the object again from the spool. */
  #judge({ file, sha256 }: ClosedObject, read: Hash): void {
    if (read.digest('hex') === sha256) return
    const what =
      'its bytes are no longer those that were written: the disk or somebody changed them'
    const cure = 'its lines are taken from the spool again; check the disk if that comes often'
    throw error('write-failed', `${file} (${this.#place}): ${what}: ${cure}`, { retryAfter: 0 })
  }

  /** What an object is said to be. The digest is that of the lines, as `gunzip | sha256sum` gives it. */
  #head({ key, contentType, linesSha256, sha256 }: ClosedObject) {
    const { sse, kmsKey } = this.#sealing
    return {
      Bucket: this.#connection.bucket,
      Key: key,
      ContentType: contentType,
      Metadata: { 'lines-sha256': linesSha256, 'object-sha256': sha256 },
      ...(sse !== 'none' && { ServerSideEncryption: sse }),
      ...(kmsKey !== null && { SSEKMSKeyId: kmsKey }),
    }
  }

  #only(): { IfNoneMatch?: string } {
    return this.#conditional ? { IfNoneMatch: '*' } : {}
  }

  /** Whether the key holds these very bytes. Throws when it holds others. */
  async #isThere(object: ClosedObject): Promise<boolean> {
    const { client, sdk, bucket, where } = this.#connection
    const { key, size, sha256 } = object
    try {
      const command = new sdk.HeadObjectCommand({ Bucket: bucket, Key: key })
      const { ContentLength, Metadata } = await client.send(command, { abortSignal: this.#signal })
      const seen = Metadata?.['object-sha256']
      if (ContentLength === size && seen === sha256) return true
      throw error(
        'refused',
        `${where} (${this.#place}): ${key} is another object already (${ContentLength} bytes, SHA-256 ` +
          `${seen ?? 'not known'}), not the one that is to be written (${size} bytes, ${sha256}): give ` +
          'each destination and each appliance a folder of its own, then move that object away',
      )
    } catch (thrown) {
      if (statusOf(thrown).status === 404) return false
      throw this.#explain(thrown, object, 's3:GetObject (to compare what is there)')
    }
  }

  /** Takes back the parts of tries that were ended too hard to do it themselves. Those who may not list
   * them leave that to a lifecycle rule (AbortIncompleteMultipartUpload). */
  async #abortOthers(key: string, own?: string): Promise<void> {
    const { client, sdk, bucket } = this.#connection
    const command = new sdk.ListMultipartUploadsCommand({ Bucket: bucket, Prefix: key })
    const found = await client.send(command, { abortSignal: this.#signal }).catch(() => undefined)
    for (const { Key, UploadId } of found?.Uploads ?? []) {
      if (Key === key && UploadId !== own) await this.#abort({ Bucket: bucket, Key, UploadId })
    }
  }

  /** For as long as it takes to say so, also when everything is being stopped. */
  async #abort(upload: {
    Bucket: string
    Key: string
    UploadId: string | undefined
  }): Promise<void> {
    const { client, sdk } = this.#connection
    const abortSignal = AbortSignal.timeout(abortTime)
    await client.send(new sdk.AbortMultipartUploadCommand(upload), { abortSignal }).catch(() => {})
  }

  #explain(thrown: unknown, { key }: ClosedObject, needs: string) {
    const where = `${this.#connection.where}, ${key}`
    return s3Failure(thrown, { place: this.#place, where, needs })
  }
}

/** Bytes of a part, so that there are not too many of them. */
export function partSize(size: number): number {
  const least = Math.ceil(size / mostParts / mebibyte) * mebibyte
  return Math.max(leastPart, least)
}

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(length)
  let used = 0
  while (used < length) {
    const { bytesRead } = await file.read(buffer, used, length - used, position + used)
    if (bytesRead === 0) throw error('write-failed', 'A file of the destination has become shorter')
    used += bytesRead
  }
  return buffer
}

function digestOf(body: Buffer): string {
  return createHash('sha256').update(body).digest('base64')
}
