/**
 * Messages of a queue while their work is done: each is kept from others by prolonging the time in which
 * it is invisible; it is deleted when its work is durable, and what is not comes again.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Message, Queue, QueueTimes } from './queue.ts'

/** ms that giving messages back may take when the work ends. */
const farewell = 2_000

/** Messages in hand; none of them is given to others until `giveBack`, or until this process is gone. */
export class HeldMessages {
  readonly messages: readonly Message[]
  readonly #queue: Queue
  readonly #open: Set<Message>
  readonly #timer: NodeJS.Timeout | undefined
  /** Done, and not yet deleted. */
  #done: Message[] = []
  #failure: unknown
  #prolonging: Promise<void> = Promise.resolve()

  constructor(queue: Queue, messages: readonly Message[], times: QueueTimes) {
    this.#queue = queue
    this.messages = messages
    this.#open = new Set(messages)
    if (messages.length === 0) return
    this.#timer = setInterval(() => {
      const held = [...this.#open]
      if (held.length === 0) return
      this.#prolonging = queue.hide(held, times.visibility).catch((thrown: unknown) => {
        this.#failure = thrown
      })
    }, times.prolong).unref()
  }

  /** Its work is in hand; `deleteDone` is called when it is durable. */
  done(message: Message): void {
    this.#done.push(message)
  }

  async deleteDone(): Promise<void> {
    const done = this.#done.splice(0)
    if (done.length === 0) return
    await this.#queue.delete(done)
    for (const message of done) this.#open.delete(message)
  }

  /** Why messages could not be held, once; they may come again meanwhile. */
  failure(): unknown {
    const failure = this.#failure
    this.#failure = undefined
    return failure
  }

  /** Makes what is not done visible again after so many seconds; never throws. Safe twice. */
  async giveBack(seconds: number): Promise<void> {
    clearInterval(this.#timer)
    const left = [...this.#open]
    this.#open.clear()
    if (left.length === 0) return
    // One that is under way and came later would hide them once more.
    const given = this.#prolonging.then(() => this.#queue.hide(left, seconds)).catch(() => {})
    await Promise.race([given, sleep(farewell, undefined, { ref: false })])
  }
}
