/**
 * Learns of new objects from a queue. A message is deleted when the rows of all its objects are durable.
 * One whose object cannot be read now is left, and comes again; so do those behind it when this ends.
 * One that is no notification, or of another bucket, goes to the rejects and is deleted; that of an
 * object outside the folder is deleted, and the first one said.
 */
import type { Batch } from '../../core.ts'
import { asCefline } from '../../error.ts'
import type { CeflineError } from '../../error.ts'
import { printable, shorten } from '../../io/printable.ts'
import { readNotification } from '../../s3/notification.ts'
import type { Notified } from '../../s3/notification.ts'
import type { HeldMessages } from '../../s3/held-messages.ts'
import type { Message, Queue } from '../../s3/queue.ts'
import { versionId } from '../../s3/read-objects.ts'
import { refused } from '../../timeline/identity.ts'
import type { ObjectReader } from './object-reader.ts'
import { isOfOneObject } from './object-reading.ts'

export interface Wanted {
  bucket: string
  prefix: string
  /** What keys end with; '': anything. */
  suffix: string
}

/** s until what failed is seen again: what is wrong with it may last. */
const failedAgain = 60

export class Notifications {
  readonly #queue: Queue
  readonly #reader: ObjectReader
  readonly #wanted: Wanted
  #isSaid = false

  constructor(queue: Queue, reader: ObjectReader, wanted: Wanted) {
    this.#queue = queue
    this.#reader = reader
    this.#wanted = wanted
  }

  /** Goes on until aborted; throws the reason then. */
  async *batches(signal: AbortSignal): AsyncGenerator<Batch, void> {
    for (;;) {
      const held = await this.#queue.receive(signal)
      let isWell = false
      try {
        yield* this.#work(held)
        isWell = true
      } finally {
        await held.giveBack(isWell || signal.aborted ? 0 : failedAgain)
      }
    }
  }

  async *#work(held: HeldMessages): AsyncGenerator<Batch, void> {
    let failure: CeflineError | undefined
    for (const message of held.messages) {
      try {
        yield* this.#message(message)
        held.done(message)
        this.#reader.afterwards(() => held.deleteDone())
      } catch (thrown) {
        const ours = asCefline(thrown)
        if (!isOfOneObject(ours)) throw thrown
        failure ??= ours
      }
      const unheld = held.failure()
      if (unheld !== undefined) {
        this.#reader.notice('warn', 's3-queue', asCefline(unheld).message)
      }
    }
    yield* this.#reader.flush()
    if (failure) throw failure
  }

  async *#message({ body }: Message): AsyncGenerator<Batch, void> {
    const objects = readNotification(body)
    if (typeof objects === 'string') {
      this.#refuse(body, objects)
      return
    }
    const foreign = objects.find(({ bucket }) => bucket !== this.#wanted.bucket)
    if (foreign) {
      this.#refuse(body, `tells of bucket ${shorten(printable(foreign.bucket), 100)}`)
      return
    }
    for (const object of objects) {
      if (!this.#isWanted(object)) this.#passOver(object)
      // SQS gives some messages twice; an object that was read and deleted since would seem to be lost.
      else if (!this.#reader.isDone(object)) {
        // What is there by now may be a later version than the one that is told of.
        yield* this.#reader.object({ key: object.key, etag: '' })
      }
    }
  }

  #isWanted({ key }: Notified): boolean {
    const { prefix, suffix } = this.#wanted
    return key.startsWith(prefix) && key.endsWith(suffix) && !key.endsWith('/')
  }

  /** Said once, as the message is gone then: it may be the folder that is written wrongly. */
  #passOver({ key }: Notified): void {
    if (this.#isSaid || key.endsWith('/')) return
    this.#isSaid = true
    const { prefix, suffix } = this.#wanted
    const ends = suffix === '' ? '' : ` and end with “${suffix}”`
    const first = shorten(printable(key), 200)
    const what = `objects are told of whose keys do not begin with “${prefix}”${ends}, such as ${first}`
    const cure = 'check folder and suffix, or give the notification the same prefix and suffix'
    const message = `${this.#queue.url}: ${what}; they are passed over and their messages deleted: ${cure}`
    this.#reader.notice('warn', 's3-passed-over', message)
  }

  #refuse(body: string, why: string): void {
    const { url } = this.#queue
    const cure = `let only s3:ObjectCreated:* of ${this.#wanted.bucket} go to this queue`
    this.#reader.refuse({
      code: 'record',
      reason: `a message of ${url} ${why}: ${cure}`,
      origin: url,
      row: 0,
      record: body,
      id: refused(versionId(url, { key: body, etag: '' }, 'message')),
    })
  }
}
