/**
 * Where files that were sent wait for the source to take them: a bounded number, and each client in
 * turn, so that one that sends hundreds does not keep another's single alert waiting.
 */
import { within } from '../io/within.ts'
import { later, refusal } from './push-answer.ts'
import type { Answer } from './push-answer.ts'
import type { PushFile } from './push-file.ts'

/** Files that may be on their way at once, from the first byte to the answer. */
const mostAtOnce = 32
const mostOfOneClient = 16

export class PushInbox {
  /** ms: a batch that was handed over so long ago and is not durable says that the spool is full. */
  readonly #patience: number
  readonly #waiting = new Map<string, PushFile[]>()
  readonly #entered = new Map<string, number>()
  #inHand: PushFile | undefined
  #handedAt: number | undefined
  #isOpen = false
  #rung = false
  #wake = () => {}

  constructor(patience: number) {
    this.#patience = patience
  }

  open(): void {
    this.#isOpen = true
  }

  /** Answers all who wait; until it is opened again nobody may enter. */
  async pause(answer: Answer): Promise<void> {
    this.#isOpen = false
    this.#handedAt = undefined
    const waiting = [...this.#waiting.values()].flat()
    this.#waiting.clear()
    if (this.#inHand) waiting.push(this.#inHand)
    await Promise.all(waiting.map((file) => file.end(answer)))
    this.#inHand = undefined
  }

  /** Why no file is taken at this moment, or undefined. */
  unready(): Answer | undefined {
    if (!this.#isOpen) return later('stopping', 'Cefline takes no files at the moment')
    const { holds } = this
    return holds ? later('full', 'the spool does not take more at the moment') : undefined
  }

  get holds(): boolean {
    const since = this.#handedAt
    return since !== undefined && performance.now() - since > this.#patience
  }

  /** A place for one file: to be left by the function that is given, once. */
  enter(client: string): (() => void) | Answer {
    const own = this.#entered.get(client) ?? 0
    const all = [...this.#entered.values()].reduce((sum, count) => sum + count, 0)
    if (own >= mostOfOneClient) {
      const message = `${own} files of this address are on their way; wait for their answers`
      return refusal(429, 'busy', message, { 'retry-after': '5' })
    }
    if (all >= mostAtOnce) return later('busy', `${all} files are on their way`)
    this.#entered.set(client, own + 1)
    return () => {
      const left = (this.#entered.get(client) ?? 1) - 1
      if (left > 0) this.#entered.set(client, left)
      else this.#entered.delete(client)
    }
  }

  /** False when no file is taken at this moment. */
  put(file: PushFile): boolean {
    if (!this.#isOpen) return false
    const own = this.#waiting.get(file.client) ?? []
    own.push(file)
    this.#waiting.set(file.client, own)
    this.ring()
    return true
  }

  /** Takes a file back that was not begun with; false when it was. */
  withdraw(file: PushFile): boolean {
    const own = this.#waiting.get(file.client)
    const at = own?.indexOf(file) ?? -1
    if (!own || at < 0) return false
    own.splice(at, 1)
    if (own.length === 0) this.#waiting.delete(file.client)
    return true
  }

  /** The next file, or undefined when something else rang or nothing came for so many milliseconds. */
  async next(milliseconds: number): Promise<PushFile | undefined> {
    if (this.#waiting.size === 0 && !this.#rung) {
      await within(new Promise<void>((resolve) => (this.#wake = resolve)), milliseconds)
    }
    this.#rung = false
    return (this.#inHand = this.#shift())
  }

  /** Has `next` come back. */
  ring(): void {
    this.#rung = true
    this.#wake()
  }

  /** A batch is handed over; `durable` is to be called when it is. */
  handOver(): void {
    this.#handedAt = performance.now()
  }

  durable(): void {
    this.#handedAt = undefined
  }

  #shift(): PushFile | undefined {
    const [client, own] = this.#waiting.entries().next().value ?? []
    if (client === undefined || !own) return undefined
    const file = own.shift()
    // To the end of the line.
    this.#waiting.delete(client)
    if (own.length > 0) this.#waiting.set(client, own)
    return file
  }
}
