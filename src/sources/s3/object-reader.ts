/**
 * Reads objects into batches, one after the other. A batch may have the rows of many small objects, or
 * some of a large one; it carries the checkpoint of those that end with it, and only when it is durable
 * is done what each wanted done then: deleting it, or its message.
 *
 * An object that is cut off while it is read is read again from its beginning; the ids of its rows
 * leave out what was given. One that can never be read is set aside as one reject, and stays.
 */
import type { Batch, Notice } from '../../core.ts'
import { asCefline, isPermanent } from '../../error.ts'
import { printable } from '../../io/printable.ts'
import type { Bucket, ObjectVersion, Opened, Unreadable } from '../../s3/bucket.ts'
import { versionId } from '../../s3/read-objects.ts'
import type { ReadObjects } from '../../s3/read-objects.ts'
import { rowPacker } from '../../drop/batch.ts'
import { refused } from '../../timeline/identity.ts'
import { readTimeline } from '../../timeline/reader.ts'
import { ObjectBatch } from './object-batch.ts'
import { BothForms } from './both-forms.ts'
import { evidenceOf, isNamedTwice, progress } from './object-reading.ts'
import type { ObjectReading } from './object-reading.ts'

type Objects = Pick<Bucket, 'open' | 'delete' | 'urlOf'>
type Afterwards = () => Promise<void>

/** ms that rows of small objects wait for more of them. */
const flushEvery = 2_000
/** ms in which nothing is deleted when something could not be; lists then find it again. */
const deleteAgain = 10 * 60_000
/** ms between notices of how far a large object has been read. */
const progressEvery = 30_000

export class ObjectReader {
  readonly #bucket: Objects
  readonly #read: ReadObjects
  readonly #remembers: (id: Uint8Array) => boolean
  readonly #reading: ObjectReading
  readonly #packer = rowPacker()
  readonly #batch = new ObjectBatch(this.#packer)
  readonly #signal: AbortSignal
  readonly #bothForms = new BothForms()
  #remember: Buffer[] = []
  #afterwards: Afterwards[] = []
  /** Said with the next batch. */
  #notices: Notice[] = []
  /** No deleting before it. */
  #deletesFrom = 0
  #flushedAt = performance.now()

  constructor(
    bucket: Objects,
    read: ReadObjects,
    remembers: (id: Uint8Array) => boolean,
    reading: ObjectReading,
    signal: AbortSignal,
  ) {
    this.#bucket = bucket
    this.#read = read
    this.#remembers = remembers
    this.#reading = reading
    this.#signal = signal
  }

  /** Whether this version was read. One that is to be deleted and is not yet, as something came
   * between, is deleted. */
  isDone(object: ObjectVersion): boolean {
    if (object.etag === '') return false
    if (this.#knows(this.#id(object, 'kept'))) return true
    if (!this.#knows(this.#id(object, 'read'))) return false
    if (this.#reading.after === 'delete') this.afterwards(() => this.#delete(object))
    return true
  }

  /** Reads it to its end. What is in hand then waits for more, or for `flush`. Throws what may be tried
   * again; what was in hand of other objects has been given by then. */
  async *object(listed: ObjectVersion & { modified?: number }): AsyncGenerator<Batch, void> {
    const { key } = listed
    let opened: Opened | Unreadable
    try {
      opened = await this.#bucket.open(key, this.#signal)
    } catch (thrown) {
      yield* this.#flushBefore()
      throw thrown
    }
    if (typeof opened === 'string') {
      this.#pass(listed, opened)
      return
    }
    if (this.isDone(opened)) {
      this.#close(listed, opened, this.#knows(this.#id(opened, 'kept')) ? 'kept' : 'read')
      opened.discard()
      return
    }
    const twice = this.#bothForms.see(opened.key)
    if (twice !== undefined) this.notice('warn', 's3-both-forms', twice)
    yield* this.#rows(opened)
    const outcome = this.#batch.rejected > 0 ? 'kept' : 'read'
    this.#close(listed, opened, outcome)
    if (this.#reading.after === 'delete') this.#deleteOrKeep(opened)
    if (performance.now() - this.#flushedAt > flushEvery) yield* this.flush()
  }

  /** Gives what is in hand; with nothing in hand that too, as a sign of life. */
  async *flush(): AsyncGenerator<Batch, void> {
    const { batch } = this.#batch.take()
    const checkpoint = this.#read.write()
    const remember = Buffer.concat(this.#remember)
    const notices = [...(batch.notices ?? []), ...this.#notices]
    const afterwards = this.#afterwards
    this.#remember = []
    this.#notices = []
    this.#afterwards = []
    yield {
      ...batch,
      ...(checkpoint !== undefined && { checkpoint }),
      ...(remember.length > 0 && { remember }),
      ...(notices.length > 0 && { notices }),
    }
    this.#packer.giveBack(batch.lines.bytes.buffer as ArrayBuffer)
    for (const each of afterwards) await each()
    this.#flushedAt = performance.now()
  }

  /** Called when what is in hand is durable. */
  afterwards(each: Afterwards): void {
    this.#afterwards.push(each)
  }

  notice(level: Notice['level'], code: string, message: string): void {
    this.#notices.push({ level, code, message })
  }

  /** A message or an object none of which can be read. */
  refuse(reject: Parameters<ObjectBatch['refuse']>[0]): void {
    this.#batch.refuse(reject)
  }

  async *#rows(opened: Opened): AsyncGenerator<Batch, void> {
    const name = printable(opened.key)
    const evidence = { id: undefined, name: evidenceOf(name, this.#reading) }
    const origin = { name, receivedAt: opened.modified, evidence }
    this.#batch.begin(`${this.#reading.bucket}/${opened.key}`)
    let said = performance.now()
    try {
      const pauses = readTimeline(opened.chunks, origin, this.#reading, this.#batch)
      while ((await pauses.next()).done !== true) {
        if (performance.now() - said > progressEvery) {
          said = performance.now()
          this.notice('info', 's3-progress', progress(this.#bucket.urlOf(opened.key), opened))
        }
        yield* this.flush()
      }
    } catch (thrown) {
      if (isPermanent(thrown)) {
        this.#setAside(opened, thrown)
        return
      }
      yield* this.#flushBefore()
      throw thrown
    } finally {
      opened.discard()
    }
  }

  /** Before what failed is thrown: else objects that are in hand would wait for this one, however often
   * it fails. With nothing in hand nothing is given, as a batch means that it works again, and the waits
   * between tries would not grow. */
  async *#flushBefore(): AsyncGenerator<Batch, void> {
    const waiting = this.#remember.length + this.#afterwards.length + this.#notices.length
    const isEmpty = this.#batch.isEmpty && waiting === 0 && !this.#read.isChanged
    if (!isEmpty && !this.#signal.aborted) yield* this.flush()
  }

  /** Its rows have been rejected one by one, or it has none that could be told. */
  #setAside(opened: Opened, thrown: unknown): void {
    const { code, message } = asCefline(thrown)
    const url = this.#bucket.urlOf(opened.key)
    if (this.#batch.rejected === 0) {
      this.refuse({
        code,
        reason: message,
        origin: printable(opened.key),
        row: 0,
        record: url,
        id: refused(this.#id(opened, 'object')),
      })
    }
    const cure = 'set format, or put it right and upload it again'
    this.notice('warn', 's3-failed', `${url} could not be read (${message}): ${cure}`)
  }

  #pass(listed: ObjectVersion & { modified?: number }, why: Unreadable): void {
    const url = this.#bucket.urlOf(listed.key)
    if (why === 'gone') {
      this.notice('warn', 's3-gone', `${url} was deleted before it could be read`)
      return
    }
    const cure = 'restore it, then copy it to a new key, which is read'
    this.notice('warn', 's3-archived', `${url} is in an archive and is passed over: ${cure}`)
    const { modified = Date.now() } = listed
    if (listed.etag !== '') this.#add(this.#id(listed, 'kept'), modified)
  }

  /** Notes that it was read: the version that was opened, and the one of the list, which some services
   * name differently there. */
  #close(listed: ObjectVersion, opened: Opened, outcome: 'read' | 'kept'): void {
    this.#add(this.#id(opened, outcome), opened.modified)
    if (isNamedTwice(listed, opened)) {
      this.#add(this.#id({ key: opened.key, etag: listed.etag }, 'kept'), opened.modified)
    }
  }

  #add(id: Buffer, modified: number): void {
    this.#read.add(id, { modified })
    this.#remember.push(id)
  }

  #knows(id: Buffer): boolean {
    return this.#read.knows(id) || this.#remembers(id)
  }

  #id(object: ObjectVersion, what: 'read' | 'kept' | 'object'): Buffer {
    return versionId(this.#reading.bucket, object, what)
  }

  #deleteOrKeep(opened: Opened): void {
    const { rejected } = this.#batch
    if (rejected === 0) {
      this.afterwards(() => this.#delete(opened))
      return
    }
    const why = `stays in the bucket, as ${rejected} of its rows were rejected`
    this.notice('info', 's3-kept', `${this.#bucket.urlOf(opened.key)} ${why}`)
  }

  /** One that cannot be deleted is said and left; it is known, and does no harm. */
  async #delete(object: ObjectVersion): Promise<void> {
    if (performance.now() < this.#deletesFrom) return
    try {
      const isDeleted = await this.#bucket.delete(object, this.#signal)
      if (isDeleted) return
      const why = 'was written anew since it was read: that stays, and is read next'
      this.notice('info', 's3-kept', `${this.#bucket.urlOf(object.key)} ${why}`)
    } catch (thrown) {
      if (this.#signal.aborted) return
      this.#deletesFrom = performance.now() + deleteAgain
      this.notice('warn', 's3-not-deleted', asCefline(thrown).message)
    }
  }
}
