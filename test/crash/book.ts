/**
 * The oracle's book: what was given, what has arrived, and what should never have.
 */
import { eventsOf, readArrival } from './payload.ts'
import type { Arrival } from './payload.ts'

export class Book {
  /** Keys given and not arrived in full. */
  readonly #missing = new Set<string>()
  /** Key → the events of it that have arrived. */
  readonly #arrived = new Map<string, Omit<Arrival, 'key'>[]>()
  /** Messages that nobody gave, that are not what was given, or that are one event too many. */
  readonly wrong: string[] = []
  /** Events given. */
  given = 0
  /** Messages read back, each time that one came. */
  messages = 0
  /** Events that have arrived. */
  arrived = 0

  /** From now on it has to arrive. */
  give(key: string): void {
    this.given += eventsOf(key)
    this.#missing.add(key)
  }

  read(line: string): void {
    this.messages += 1
    const arrival = readArrival(line)
    if (typeof arrival === 'string') {
      this.wrong.push(`not as it was given: ${arrival}`)
      return
    }
    const { key, externalId, digest } = arrival
    const events = this.#arrived.get(key) ?? []
    const before = events.find((event) => event.externalId === externalId)
    if (before) {
      if (before.digest !== digest) this.wrong.push(`not the same when it came again: ${key}`)
      return
    }
    if (events.length === 0 && !this.#missing.has(key)) this.wrong.push(`never given: ${key}`)
    if (events.length === eventsOf(key)) this.wrong.push(`one event as two: ${key} ${externalId}`)
    events.push({ externalId, digest })
    this.#arrived.set(key, events)
    this.arrived += 1
    if (events.length === eventsOf(key)) this.#missing.delete(key)
  }

  /** Messages that said again what another had said. */
  get duplicates(): number {
    return this.messages - this.arrived - this.wrong.length
  }

  get missing(): ReadonlySet<string> {
    return this.#missing
  }

  /** Whether this event has arrived with another content than this. */
  differs({ key, externalId, digest }: Arrival): boolean {
    const event = this.#arrived.get(key)?.find((one) => one.externalId === externalId)
    return event !== undefined && event.digest !== digest
  }

  has(key: string): boolean {
    return this.#missing.has(key) || this.#arrived.has(key)
  }
}
