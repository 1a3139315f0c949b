/**
 * Delivers to the first of several urls that works, and goes back to an earlier one when it works
 * again.
 *
 * One run of `deliver` goes to one url. When it fails, the error names the url that comes next and
 * when (`retryAfter`); the loop that called runs `deliver` again from its last receipts, which do
 * not depend on the url: what has no receipt when a url is left is sent again to the next. While a
 * later url is in use the earlier ones are probed, up to their handshake and without an event; when
 * one has answered for long enough, the run is ended in good order and the next goes there. With
 * one url there is nothing of all this.
 */
import type { Block, Delivery } from '../../core.ts'
import { asCefline, error } from '../../error.ts'
import type { CeflineError } from '../../error.ts'
import { Health, usualClock, usualTimes } from './health.ts'
import type { Clock, Times } from './health.ts'
import type { Route } from './route.ts'
import { Watch } from './watch.ts'
import type { Way } from './watch.ts'

export interface FailoverOptions {
  /** ms that an earlier url must answer before it is gone back to. */
  failBack: number
  times?: Times
  clock?: Clock
}

export class Failover {
  readonly #ways: readonly Way[]
  /** Where the next run goes. */
  #next: Way
  /** What was connected last; undefined until the first connection. */
  #inUse: Way | undefined
  /** Why that is no longer used. */
  #why: string | undefined

  /** The routes in order of preference. */
  constructor(routes: readonly [Route, ...Route[]], options: FailoverOptions) {
    const { failBack, times = usualTimes, clock = usualClock } = options
    const wayOf = (route: Route): Way => {
      return { route, health: new Health(failBack, times, clock), url: route.target.url }
    }
    const [first, ...others] = routes
    this.#next = wayOf(first)
    this.#ways = [this.#next, ...others.map(wayOf)]
  }

  /** One run; see `Destination.deliver`. */
  async deliver(
    blocks: AsyncIterable<Block>,
    delivery: Delivery,
    signal: AbortSignal,
  ): Promise<void> {
    const way = this.#next
    if (this.#ways.length === 1) return way.route.deliver(blocks, delivery, signal)
    const reading = new Reading(blocks)
    const watch = new Watch(this.#ways.slice(0, this.#ways.indexOf(way)), signal)
    way.health.begin()
    try {
      await way.route.deliver(reading, this.#telling(way, delivery), watch.signal)
    } catch (thrown) {
      if (signal.aborted) return
      // What the spool cannot read is no url's fault.
      if (reading.failed(thrown)) throw thrown
      // What broke while it was being left is sent again there.
      if (!watch.signal.aborted) throw this.#leave(way, asCefline(thrown, 'lost'))
    } finally {
      await watch.end()
    }
    if (watch.better && !signal.aborted) this.#goBack(watch.better)
  }

  /** The delivery, with its connections noted and a change of url said. */
  #telling(way: Way, delivery: Delivery): Delivery {
    return {
      proof: (proof) => delivery.proof(proof),
      receipt: (block) => delivery.receipt(block),
      reject: (...rejected) => delivery.reject(...rejected),
      notice: (notice) => delivery.notice(notice),
      connected: (detail, certificates) => {
        way.health.connected()
        delivery.connected(detail, certificates)
        this.#tellChange(way, delivery)
      },
    }
  }

  /** Said once for each change, when the new url has proved that it can be connected to. */
  #tellChange(way: Way, delivery: Delivery): void {
    const before = this.#inUse ?? this.#ways[0]
    const why = this.#why
    this.#inUse = way
    this.#why = undefined
    if (way === before || !before) return
    const place = `${way.url} takes the events in place of ${before.url}`
    if (why === undefined) {
      const long = seconds(way.health.required)
      const message = `${place}, which it comes before: it has answered for ${long}`
      delivery.notice({ level: 'info', code: 'fail-back', message })
    } else delivery.notice({ level: 'warn', code: 'failover', message: `${place}: ${why}` })
  }

  /** The error of a run that failed, with what follows: the same url once more, or another. */
  #leave(way: Way, failure: CeflineError): CeflineError {
    const { code, message } = failure
    const required = way.health.required
    const again = way.health.failed(failure)
    const longer = way.health.required
    const early = longer > required ? ` (gone back to too early: ${seconds(longer)} next time)` : ''
    const made = (follows: string, retryAfter: number) =>
      error(code, `${message}${early}; ${follows}`, {
        cause: failure,
        retryAfter: Math.ceil(retryAfter),
      })
    if (again !== undefined) return made('one more try there before another url', again)
    if (way === this.#inUse || this.#why === undefined) this.#why = message
    // Itself last: another one that is as ready comes first.
    const others = this.#ways.filter((other) => other !== way)
    this.#next = [...others, way].reduce((best, other) => {
      return other.health.wait < best.health.wait ? other : best
    })
    const { health, url } = this.#next
    if (health.wait === 0) return made(`going on with ${url}`, 0)
    return made(`none of the ${this.#ways.length} urls works, the next try is ${url}`, health.wait)
  }

  #goBack(way: Way): void {
    way.health.wentBack()
    this.#next = way
    this.#why = undefined
  }
}

/** The blocks, and whether an error is theirs. */
class Reading implements AsyncIterable<Block> {
  readonly #blocks: AsyncIterable<Block>
  readonly #failures = new Set<unknown>()

  constructor(blocks: AsyncIterable<Block>) {
    this.#blocks = blocks
  }

  failed(thrown: unknown): boolean {
    return this.#failures.has(thrown)
  }

  [Symbol.asyncIterator](): AsyncIterator<Block> {
    const iterator = this.#blocks[Symbol.asyncIterator]()
    return {
      next: async () => {
        try {
          return await iterator.next()
        } catch (thrown) {
          this.#failures.add(thrown)
          throw thrown
        }
      },
      return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
    }
  }
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 100) / 10} s`
}
