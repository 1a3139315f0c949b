/**
 * The spool as a configuration asks for it, and a start that waits for it. A spool that cannot be
 * opened is no reason to end: whoever starts Cefline again would only make it end again. So it is
 * tried until it opens: the other process has ended, the disk has room, the folder is there.
 */
import { queuesOf } from './plan.ts'
import type { Configuration } from '../config/load.ts'
import { sameAsOf } from '../config/same-as.ts'
import { retryQueue } from '../control/take-back.ts'
import type { Notice } from '../core.ts'
import { asCefline, error } from '../error.ts'
import type { CeflineError } from '../error.ts'
import { freeSpace } from '../io/free-space.ts'
import { untilAborted } from '../io/until-aborted.ts'
import { Backoff, pause } from '../pipeline/retry.ts'
import { openSpool } from '../spool/spool.ts'
import type { LmdbSpool, SpoolConfiguration } from '../spool/spool.ts'

/** Bytes without which a spool is not opened. */
const leastFree = 256 * 1024

/** What may change while the spool is open. */
export function spoolConfiguration(configuration: Configuration): SpoolConfiguration {
  const { spool, sources, destinations } = configuration
  const retries = destinations.map(({ name }) => retryQueue(name))
  return {
    maxBytes: spool.maxBytes,
    reserve: spool.reserve,
    remember: { age: spool.rememberAge, count: spool.rememberCount },
    queues: [...sources.map(({ name }) => name), ...retries],
    joined: sources.flatMap((source) => {
      const other = sameAsOf(source)
      return other === undefined ? [] : [[source.name, other]]
    }),
    destinations: new Map(
      destinations.map((one) => [one.name, queuesOf(one, sources).flat()] as const),
    ),
  }
}

/** The new one while the components of both may run: what any of them reads is kept for it. */
export function bothConfigurations(
  now: SpoolConfiguration,
  next: SpoolConfiguration,
): SpoolConfiguration {
  const names = new Set([...now.destinations.keys(), ...next.destinations.keys()])
  const readBy = (name: string) => [
    ...new Set([...(now.destinations.get(name) ?? []), ...(next.destinations.get(name) ?? [])]),
  ]
  return {
    ...next,
    queues: [...new Set([...now.queues, ...next.queues])],
    destinations: new Map([...names].map((name) => [name, readBy(name)])),
  }
}

export interface Opening {
  /** The configuration in force: it may become another one while the spool is awaited. */
  configuration: () => Configuration
  notice: (notice: Notice) => void
  /** Told of each try that failed. */
  failed: (failure: CeflineError) => Promise<void>
  signal: AbortSignal
}

export class SpoolDoor {
  readonly #opening: Opening
  #wake = () => {}

  constructor(opening: Opening) {
    this.#opening = opening
  }

  /** Resolves when the spool is open; to undefined when it was aborted before. */
  async open(): Promise<LmdbSpool | undefined> {
    const { configuration, failed, signal } = this.#opening
    const backoff = new Backoff()
    while (!signal.aborted) {
      const tried = configuration()
      try {
        const spool = await this.#try(tried)
        if (!spool || configuration() === tried) return spool
        // It was asked for otherwise meanwhile, perhaps in another folder.
        await spool.close()
      } catch (thrown) {
        await failed(asCefline(thrown, 'spool-failed'))
        if (configuration() === tried) await this.#pause(backoff.next())
      }
    }
    return undefined
  }

  /** Has it tried again at once. */
  knock(): void {
    this.#wake()
  }

  /** An opening that is aborted goes on by itself to its end, and is closed there. */
  async #try(configuration: Configuration): Promise<LmdbSpool | undefined> {
    const { notice, signal } = this.#opening
    const { folder, network } = configuration.spool
    const options = { folder, allowNetwork: network, notice, ...spoolConfiguration(configuration) }
    const opening = refuseFullVolume(folder).then(() => openSpool(options))
    try {
      return await untilAborted(opening, signal)
    } catch (thrown) {
      if (!signal.aborted) throw thrown
      void opening.then((late) => late.close()).catch(() => {})
      return undefined
    }
  }

  async #pause(milliseconds: number): Promise<void> {
    const { signal } = this.#opening
    const woken = new AbortController()
    this.#wake = () => woken.abort()
    signal.addEventListener('abort', this.#wake, { once: true })
    if (!signal.aborted) await pause(milliseconds, woken.signal)
    signal.removeEventListener('abort', this.#wake)
  }
}

/**
 * LMDB maps a file of its own that tells its readers apart; on a volume without a free page the
 * first write to it ends the process (SIGBUS), and so did other writes of an opening with up to 12
 * pages left (measured on tmpfs: signals 7 and 11). A process that ends is started again at once.
 */
async function refuseFullVolume(folder: string): Promise<void> {
  // What cannot be asked is not full; the opening says what it is.
  const free = await freeSpace(folder).catch(() => Infinity)
  if (free >= leastFree) return
  throw error(
    'spool-full',
    `spool ${folder}: its volume has ${free} bytes free, too few to open it (ENOSPC); make room there`,
  )
}
