/**
 * One run of the destination: blocks become drafts, drafts are closed, closed ones go into the bucket,
 * and what is there has its receipt.
 */
import type { Block, Delivery } from '../../core.ts'
import { error } from '../../error.ts'
import type { S3Connection } from '../../s3/client.ts'
import type { Draft } from './draft.ts'
import { Drafts } from './drafts.ts'
import { keyOf } from './forms.ts'
import type { Form, Format } from './forms.ts'
import { objectName, Times } from './key.ts'
import { OtherLines } from './known.ts'
import { Receipts } from './receipts.ts'
import type { Out } from './receipts.ts'
import type { Closed, Shelf } from './shelf.ts'
import { Uploader } from './upload.ts'
import type { Sealing } from './upload.ts'
import { Uploads } from './uploads.ts'

export interface Settings extends Sealing {
  format: Format
  forms: readonly Form[]
  gzip: boolean
  maxBytes: number
  /** ms */
  maxAge: number
  /** Of every key: `` or `folder/`. */
  prefix: string
  /** The destination's path in the configuration. */
  place: string
}

/** ms: no timer of Node's runs longer than this. */
const longestTimer = 2 ** 31 - 1

export class Delivering {
  readonly #settings: Settings
  readonly #shelf: Shelf
  readonly #delivery: Delivery
  readonly #receipts: Receipts
  readonly #uploader: Uploader
  readonly #uploads: Uploads
  readonly #drafts: Drafts
  readonly #times: Times
  /** Queues of which this run was given a block. */
  readonly #begun = new Set<string>()
  /** Blocks that wait for the upload of a closed draft. */
  readonly #held = new Map<string, readonly Out[]>()

  constructor(
    settings: Settings,
    shelf: Shelf,
    connection: S3Connection,
    delivery: Delivery,
    signal: AbortSignal,
  ) {
    this.#settings = settings
    this.#shelf = shelf
    this.#delivery = delivery
    this.#receipts = new Receipts(delivery)
    this.#uploader = new Uploader(connection, settings, settings.place, signal)
    this.#uploads = new Uploads((closed) => this.#upload(closed))
    this.#times = new Times(shelf.newest)
    this.#drafts = new Drafts({
      ...settings,
      pathOf: (file) => shelf.path(file),
      reached: (queue, series) => shelf.reached(queue, series),
    })
  }

  /** Aborted when an upload has failed, which ends the run. */
  get failed(): AbortSignal {
    return this.#uploads.failed
  }

  /** Brings into the bucket what an earlier run has closed. To be done before blocks are taken, which
   * may hold the same lines. */
  async resume(): Promise<void> {
    for (const closed of this.#shelf.pending.splice(0)) {
      await this.#uploadObjects(closed, true)
      await this.#shelf.stored(closed)
    }
  }

  /** Takes a block. */
  async take(block: Block): Promise<void> {
    const out = this.#receipts.handedOut(block)
    if (!this.#begun.has(block.queue)) {
      this.#begun.add(block.queue)
      if (await this.#shelf.begin(block)) this.#tellOfOtherSpool(block)
    }
    this.#receipts.release(await this.#add(block, out))
    await this.closeSealed()
  }

  /** ms until there is something to close. */
  wait(): number {
    return Math.min(this.#drafts.wait(), longestTimer)
  }

  /** Closes what is full or old. Waits while too many wait for the bucket. */
  async closeSealed(): Promise<void> {
    let draft: Draft | undefined
    while ((draft = this.#drafts.sealed())) await this.#close(draft)
  }

  /** Closes everything; resolves when it is in the bucket. */
  async finish(): Promise<void> {
    this.#drafts.sealAll()
    await this.closeSealed()
    await this.#uploads.all()
  }

  /** Ends the run, whose signal is aborted: what is open is dropped, what is closed stays. */
  async abandon(): Promise<void> {
    await this.#uploads.settled()
    await this.#drafts.discard()
  }

  async #add(block: Block, out: Out): Promise<Out[]> {
    try {
      return await this.#drafts.add(block, out)
    } catch (thrown) {
      if (!(thrown instanceof OtherLines)) throw thrown
      await this.#shelf.forget(block.queue)
      const message = this.#tellOfOtherSpool(block)
      throw error('lost', message, { cause: thrown, retryAfter: 0 })
    }
  }

  async #close(draft: Draft): Promise<void> {
    const { prefix, format, gzip } = this.#settings
    const { queue, series, first, last, lastSum, count: lines } = draft
    const written = await draft.end()
    const time = this.#times.next()
    const name = objectName({ time, series, queue, first, last })
    const objects = written.map(({ form, size, sha256, linesSha256 }) => {
      const key = keyOf(prefix, name, form, format, gzip)
      const file = `${name}.${form.name}${gzip ? '.gz' : ''}`
      return { key, file, contentType: form.contentType, size, sha256, linesSha256 }
    })
    const closed: Closed = { name, time, queue, series, first, last, lastSum, lines, objects }
    await this.#shelf.close(
      closed,
      written.map(({ path }) => path),
    )
    this.#held.set(name, draft.outs)
    await this.#uploads.add(closed)
  }

  async #upload(closed: Closed): Promise<void> {
    await this.#uploadObjects(closed, false)
    await this.#shelf.stored(closed)
    this.#receipts.release(this.#held.get(closed.name) ?? [])
    this.#held.delete(closed.name)
  }

  async #uploadObjects(closed: Closed, again: boolean): Promise<void> {
    for (const object of closed.objects) {
      if (object.isThere) continue
      await this.#uploader.upload(object, this.#shelf.path(object.file), again)
      // Should the other one be refused for days, this one is not sent with every try.
      if (object !== closed.objects.at(-1)) await this.#shelf.uploaded(closed, object)
    }
  }

  #tellOfOtherSpool({ queue, sequence }: Block): string {
    const message =
      `${this.#settings.place}: block ${sequence} of ${queue} is of another spool than before: what ` +
      'was noted of objects in the bucket does not hold for it, so all of its lines are written'
    this.#delivery.notice({ level: 'warn', code: 's3-other-spool', message })
    return message
  }
}
