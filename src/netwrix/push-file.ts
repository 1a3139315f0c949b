/**
 * One file that was sent, from the end of its body to the answer: what its rows are called, and what
 * became of them.
 *
 * Its identity is its content, or with an Idempotency-Key the two together. So what is sent again adds
 * nothing, and no row is left out for a key's sake: a key that comes back with another content is
 * refused for as long as it is remembered, and is another file after that. (The header is an Internet
 * Draft of the IETF, "The Idempotency-Key HTTP Header Field"; it wants 422 for that.)
 */
import { createHash } from 'node:crypto'
import { rename, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Batch, SourceContext } from '../core.ts'
import { idBytes } from '../io/lines.ts'
import type { Answer, PushResult } from './push-answer.ts'
import { refusal } from './push-answer.ts'
import type { Body } from './push-body.ts'

type Remembers = SourceContext['remembers']

/** As many of the identity as a row's id has (`alert-ids.ts`). */
const digestBytes = idBytes - 4
const mostTold = 20

export class PushFile {
  readonly client: string
  readonly id: string
  /** In the ids of its rows. */
  readonly identity: Buffer
  /** That the key was used, and that it was used for this content. */
  readonly #keyIds: { used: Buffer; usedForThis: Buffer } | undefined
  readonly #result: PushResult
  readonly outcome: Promise<Answer>
  #resolve!: (answer: Answer) => void
  #path: string
  /** Ids of the batch that is handed over, which this source has not given before. */
  #fresh: Uint8Array[] = []
  #isEnded = false

  constructor({ path, digest }: Body, client: string, key: string | undefined) {
    this.client = client
    this.#path = path
    this.identity = key === undefined ? digest : hash('identity', key, digest)
    if (key !== undefined) {
      this.#keyIds = {
        used: hash('used', key).subarray(0, idBytes),
        usedForThis: hash('used', key, digest).subarray(0, idBytes),
      }
    }
    this.id = this.identity.toString('hex', 0, digestBytes)
    this.#result = {
      ...{ id: this.id, rows: 0, spooled: 0, alreadyGiven: 0, rejected: 0, ignored: 0 },
    }
    this.outcome = new Promise((resolve) => (this.#resolve = resolve))
  }

  get path(): string {
    return this.#path
  }

  /** Gives the file its identity as its name, by which rejects are found again. `number` tells those
   * apart that came twice. */
  async name(number: number): Promise<void> {
    const path = join(dirname(this.#path), `${this.id}-${number}.csv`)
    await rename(this.#path, path)
    this.#path = path
  }

  /** True when its key came with another content before. */
  isKeyReused(remembers: Remembers): boolean {
    const ids = this.#keyIds
    return ids !== undefined && remembers(ids.used) && !remembers(ids.usedForThis)
  }

  /** What is to be remembered when all of it is durable: that its key was used. One that brought no row
   * is free for the file that was meant. */
  get remember(): Uint8Array | undefined {
    if (!this.#keyIds || this.#result.rows === 0) return undefined
    return Buffer.concat([this.#keyIds.used, this.#keyIds.usedForThis])
  }

  /** Takes account of a batch. To be called before it is handed over: afterwards all is remembered. */
  count({ read, lines, rejects, ignored }: Batch, remembers: Remembers): void {
    const fresh = new Map<string, Uint8Array>()
    for (let at = 0; at < lines.ids.length; at += idBytes) {
      const id = Buffer.from(lines.ids.subarray(at, at + idBytes))
      if (!remembers(id)) fresh.set(id.toString('latin1'), id)
    }
    this.#fresh = [...fresh.values()]
    const result = this.#result
    result.rows += read
    result.spooled += fresh.size
    result.alreadyGiven += lines.count - fresh.size
    result.rejected += rejects.length
    result.ignored += ignored
    for (const { row, code } of rejects) {
      result.rejects ??= []
      if (result.rejects.length < mostTold) result.rejects.push({ row, code })
    }
  }

  /** To be called when that batch is durable. What is not remembered now was left out, for the source
   * that `sameAs` names gave it first: the spool keeps an id with whose line it took (`append.ts`). */
  durable(remembers: Remembers): void {
    const left = this.#fresh.filter((id) => !remembers(id)).length
    this.#fresh = []
    this.#result.spooled -= left
    this.#result.alreadyGiven += left
  }

  /** What is answered when all its batches are durable. */
  result(): Answer {
    if (this.#result.rows > 0) return { status: 200, body: this.#result }
    const message =
      'the file has a header and no rows; send it byte for byte, as curl --data-binary does'
    return refusal(422, 'no-rows', message)
  }

  /** Removes the file and gives its sender the answer. A second time it does nothing. */
  async end(answer: Answer): Promise<void> {
    if (this.#isEnded) return
    this.#isEnded = true
    await unlink(this.#path).catch(() => {})
    this.#resolve(answer)
  }
}

function hash(use: string, key: string, content?: Buffer): Buffer {
  const made = createHash('sha256').update(`netwrix-push ${use}\0${key}\0`)
  return (content ? made.update(content) : made).digest()
}
