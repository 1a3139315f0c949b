/**
 * What the SIEM is told of states that come and go: lost and back, full and with room. The first of
 * each at once; where a component flaps, at most one of each kind in a minute, with how often it
 * happened, and in the order in which it happened last, so that the last one told is how it stands.
 * Each has the time when it happened, and not when it is told. A later reason of what is over by then
 * is not told: the opposite would come after it, or wait for it.
 */
import type { OwnKind } from '../own-event.ts'
import type { OwnDetails, OwnEvents } from './own-events.ts'

/** ms */
const pauseBetween = 60_000

interface Held {
  details: OwnDetails & { at: number }
  times: number
}

/** One component's states of one pair. */
interface Flapping {
  /** ms since 1970, by kind. */
  readonly said: Map<OwnKind, number>
  /** What happened since, the latest last. */
  readonly held: Map<OwnKind, Held>
  timer?: NodeJS.Timeout
}

export class Telling {
  readonly #own: OwnEvents
  readonly #now: () => number
  readonly #flapping = new Map<string, Flapping>()

  constructor(own: OwnEvents, now = Date.now) {
    this.#own = own
    this.#now = now
  }

  /** What happened once. */
  tell(kind: OwnKind, details: OwnDetails): void {
    this.#own.add(kind, details)
  }

  /** What may come and go; `pair`: of kinds that are each other's opposite; `times`: how often it
   * happened, 0 where only more is known of it. */
  state(pair: string, kind: OwnKind, details: OwnDetails, times = 1): void {
    const place = `${pair} ${details.component ?? ''}`
    const flapping: Flapping = this.#flapping.get(place) ?? { said: new Map(), held: new Map() }
    this.#flapping.set(place, flapping)
    const { said, held } = flapping
    const at = this.#now()
    dropReasons(flapping, kind)
    const last = said.get(kind) ?? -Infinity
    if (held.size === 0 && at - last >= pauseBetween) {
      this.#say(flapping, kind, { details: { ...details, at }, times })
      return
    }
    const before = held.get(kind)?.times ?? 0
    held.delete(kind)
    held.set(kind, { details: { ...details, at }, times: before + times })
    if (flapping.timer) return
    const wait = Math.max(...said.values()) + pauseBetween - at
    flapping.timer = setTimeout(() => this.#flush(flapping), Math.min(wait, pauseBetween)).unref()
  }

  /** Says at once what is held back. */
  flush(): void {
    for (const flapping of this.#flapping.values()) this.#flush(flapping)
  }

  #flush(flapping: Flapping): void {
    clearTimeout(flapping.timer)
    delete flapping.timer
    const held = [...flapping.held]
    flapping.held.clear()
    for (const [kind, one] of held) this.#say(flapping, kind, one)
  }

  #say({ said }: Flapping, kind: OwnKind, { details, times }: Held): void {
    said.set(kind, this.#now())
    const often = times <= 1 ? '' : ` (${times} times since this was last said)`
    this.#own.add(kind, { ...details, message: details.message + often })
  }
}

/** Of the opposite of what happens now, where no more is held of it than another reason. */
function dropReasons(flapping: Flapping, happens: OwnKind): void {
  for (const [kind, { times }] of flapping.held) {
    if (kind !== happens && times === 0) flapping.held.delete(kind)
  }
  if (flapping.held.size > 0) return
  clearTimeout(flapping.timer)
  delete flapping.timer
}
