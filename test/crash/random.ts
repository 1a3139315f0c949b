/**
 * Chance that repeats: numbers from a seed's text. What a part of a run draws comes from a fork with
 * a name of its own, so it does not depend on how many numbers another part has taken, nor on the
 * order in which processes happened to get on.
 */
import { createHash } from 'node:crypto'

export class Random {
  readonly seed: string
  #state: number

  constructor(seed: string) {
    this.seed = seed
    this.#state = createHash('sha256').update(seed).digest().readUInt32LE()
  }

  /** From 0 to 1, without 1: mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1))
  }

  chance(share: number): boolean {
    return this.next() < share
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new Error('nothing to pick from')
    return list[this.between(0, list.length - 1)] as T
  }

  shuffled<T>(list: readonly T[]): T[] {
    const left = [...list]
    return list.map(() => left.splice(this.between(0, left.length - 1), 1)[0] as T)
  }

  fork(name: string): Random {
    return new Random(`${this.seed}/${name}`)
  }
}

/** Draws like cards: each comes once before any comes again, so that a short run has met them all. */
export class Deck<T> {
  readonly #cards: readonly T[]
  readonly #random: Random
  #left: T[] = []
  #rounds = 0

  constructor(cards: readonly T[], random: Random) {
    this.#cards = cards
    this.#random = random
  }

  draw(): T {
    if (this.#left.length === 0) {
      this.#left = this.#random.fork(`round ${this.#rounds}`).shuffled(this.#cards)
      this.#rounds += 1
    }
    return this.#left.pop() as T
  }
}
