/**
 * Finds new objects by listing the folder every `interval`. A folder of up to 10,000 objects is listed
 * whole each time; of a larger one what comes after the last 900 keys, and the whole once an hour:
 * so a key that is put below those that were read is found within the hour, and keys that begin with
 * the time, as SIEMs want them, at once.
 *
 * An object that may not be read, or that fails time after time (`stuck.ts`), holds up no other; it is
 * said when the pass has ended, and tried again with every pass. Anything else that fails ends the pass,
 * which then goes on where it was.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Batch } from '../../core.ts'
import { asCefline, error } from '../../error.ts'
import type { CeflineError } from '../../error.ts'
import type { Bucket, Listed } from '../../s3/bucket.ts'
import type { ReadObjects } from '../../s3/read-objects.ts'
import type { ObjectReader } from './object-reader.ts'
import { isOfOneObject } from './object-reading.ts'
import type { Stuck } from './stuck.ts'

export interface Polled {
  prefix: string
  /** What keys end with; '': anything. */
  suffix: string
  /** ms */
  interval: number
  /** Outlives a run, as that ends with every failure. */
  stuck: Stuck
}

type Listing = Pick<Bucket, 'list' | 'now'>
type Reader = Pick<ObjectReader, 'object' | 'flush' | 'isDone'>

/** Objects up to which listing all of them is cheap: ten requests. */
const short = 10_000
/** Keys that are looked at again where the whole is not: with what is new they fit into one page. */
const lookBack = 900
/** Objects that may not be read, one after the other, until it seems that none may be. */
const mostForbidden = 10
/** ms until the next ones are tried then, at the latest. */
const forbiddenAgain = 60_000
/** ms between lists of the whole of a long folder. */
const wholeEvery = 60 * 60_000

export class Polling {
  readonly #bucket: Listing
  readonly #read: ReadObjects
  readonly #reader: Reader
  readonly #polled: Polled
  /** The last keys of the folder, in their order. */
  #tail: string[] = []
  #wholeAt = -Infinity
  #isShort = true
  /** Why the first one of a pass could not be read. */
  #forbidden: CeflineError | undefined
  #forbiddenInARow = 0

  constructor(bucket: Listing, read: ReadObjects, reader: Reader, polled: Polled) {
    this.#bucket = bucket
    this.#read = read
    this.#reader = reader
    this.#polled = polled
  }

  /** Goes on until aborted; throws the reason then. */
  async *batches(signal: AbortSignal): AsyncGenerator<Batch, void> {
    for (;;) {
      const isWhole = this.#isShort || performance.now() - this.#wholeAt >= wholeEvery
      if (isWhole || this.#read.after !== undefined) yield* this.#whole(signal)
      else yield* this.#pass(this.#tail[0] ?? '', signal)
      yield* this.#reader.flush()
      this.#throwForbidden()
      await sleep(this.#polled.interval, undefined, { signal })
    }
  }

  /** A pass over the folder, or the rest of the one that was begun. */
  async *#whole(signal: AbortSignal): AsyncGenerator<Batch, void> {
    this.#wholeAt = performance.now()
    const after = this.#read.after ?? ''
    this.#tail = []
    const count = yield* this.#pass(after, signal)
    this.#isShort = after === '' && count <= short
    // The rest of one says nothing of how long the whole is: the next pass does.
    if (after !== '') this.#wholeAt = -Infinity
    this.#read.endPass()
  }

  /** When all that could be read is durable. The next pass comes when it would have come anyway: after what
   * was given the loop would wait half a second. */
  #throwForbidden(): void {
    const forbidden = this.#forbidden
    this.#forbidden = undefined
    if (forbidden) throw later(forbidden, this.#polled.interval)
  }

  async *#pass(start: string, signal: AbortSignal): AsyncGenerator<Batch, number> {
    let after = start
    let count = 0
    this.#forbiddenInARow = 0
    for (;;) {
      const { objects, isTruncated } = await this.#bucket.list(this.#polled.prefix, after, signal)
      // By the service's clock, which its first answer tells.
      if (after === '' && this.#read.after === undefined) this.#read.beginPass(this.#bucket.now())
      for (const object of objects) {
        if (this.#isDue(object)) yield* this.#object(object)
        this.#read.passed(object.key)
      }
      count += objects.length
      this.#remember(objects)
      after = objects.at(-1)?.key ?? after
      if (!isTruncated) return count
    }
  }

  async *#object(object: Listed): AsyncGenerator<Batch, void> {
    try {
      yield* this.#reader.object(object)
      this.#forbiddenInARow = 0
      this.#polled.stuck.worked(object.key)
    } catch (thrown) {
      const failure = asCefline(thrown)
      if (!isOfOneObject(failure) && !this.#polled.stuck.failed(object.key)) throw thrown
      this.#forbiddenInARow += 1
      if (this.#forbiddenInARow >= mostForbidden) {
        throw later(failure, Math.min(this.#polled.interval, forbiddenAgain))
      }
      this.#forbidden ??= failure
      this.#read.failed(object)
    }
  }

  #isDue(object: Listed): boolean {
    const { key, size, modified } = object
    // Empty ones stand for folders, or for nothing.
    if (size === 0 || !key.endsWith(this.#polled.suffix)) return false
    return modified >= this.#read.from && !this.#reader.isDone(object)
  }

  /** The place from which the next list of the end begins. */
  #remember(objects: Listed[]): void {
    const last = this.#tail.at(-1)
    const known = last === undefined ? undefined : Buffer.from(last)
    for (const { key } of objects) {
      if (!known || Buffer.from(key).compare(known) > 0) this.#tail.push(key)
    }
    this.#tail.splice(0, Math.max(0, this.#tail.length - lookBack))
  }
}

/** The failure, with how long (ms) to wait at least. */
function later(failure: CeflineError, wait: number): CeflineError {
  const { code, message, cause, retryAfter = 0 } = failure
  return error(code, message, { cause, retryAfter: Math.max(wait, retryAfter) })
}
