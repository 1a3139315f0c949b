/**
 * What the configuration says of the spool, in one place that all parts look at, so that a changed
 * one is in force for all that follows.
 */
import { idBytes } from '../io/lines.ts'
import type { SpoolConfiguration } from './interface.ts'
import { joinedWith } from './joined.ts'
import { weight } from './weight.ts'

/** What stays free on the volume unless the configuration says otherwise. */
const usualReserve = 256 * 1024 * 1024
/** Ids are not deleted to make room, so a large window must not jam a small spool. */
const shareOfIds = 1 / 4

export class Settings {
  #now: Required<SpoolConfiguration>

  constructor(options: SpoolConfiguration) {
    this.#now = complete(options)
  }

  change(options: SpoolConfiguration): void {
    this.#now = complete(options)
  }

  get maxBytes(): number {
    return this.#now.maxBytes
  }

  /** Bytes that must stay free on the volume. */
  get reserve(): number {
    return this.#now.reserve
  }

  get remember(): { age: number; count: number } {
    return this.#now.remember
  }

  get queues(): readonly string[] {
    return this.#now.queues
  }

  /** The queue and those that share what they remember with it. */
  joined(queue: string): string[] {
    return joinedWith(queue, this.#now.joined)
  }

  /** Destination → queues that it reads. */
  get destinations(): ReadonlyMap<string, readonly string[]> {
    return this.#now.destinations
  }

  readers(queue: string): string[] {
    const all = [...this.#now.destinations]
    return all.filter(([, queues]) => queues.includes(queue)).map(([name]) => name)
  }
}

function complete(options: SpoolConfiguration): Required<SpoolConfiguration> {
  const { maxBytes, reserve = usualReserve, remember, queues, joined = [], destinations } = options
  const most = Math.floor((maxBytes * shareOfIds) / weight(2 * idBytes))
  const count = Math.min(remember.count, most)
  return { maxBytes, reserve, remember: { age: remember.age, count }, queues, joined, destinations }
}
