/**
 * From a configuration to running loops, and from one configuration to the next. Started downstream
 * first, so that nothing is taken in before there is a place for it; stopped upstream first.
 *
 * A start waits for a spool that cannot be opened, with the status page up. A changed configuration
 * is made and tried before anything is stopped: what is wrong with it is thrown, and everything runs
 * on as before, with the certificates and secrets of before.
 */
import { resolve } from 'node:path'
import { changedWarnings, startLines, startText, startWarnings } from './app/announce.ts'
import { Around } from './app/around.ts'
import { differences, makeOnce, refuseRestart } from './app/changes.ts'
import { planOf } from './app/plan.ts'
import { bothConfigurations, SpoolDoor, spoolConfiguration } from './app/spool.ts'
import { StatusPage } from './app/status.ts'
import { ownKinds, partOf } from './components.ts'
import type { Configuration } from './config/load.ts'
import { hasOwnEvents } from './config/own.ts'
import { asCefline } from './error.ts'
import type { CeflineError } from './error.ts'
import { untilAborted } from './io/until-aborted.ts'
import { describeChanges, discard, Running } from './app/running.ts'
import type { Changes } from './app/running.ts'
import type { LmdbSpool } from './spool/spool.ts'
import { readStatus } from './status/status.ts'
import type { Status } from './status/status.ts'
import { Events } from './telemetry/events.ts'
import type { Log } from './telemetry/log.ts'
import { Metrics } from './telemetry/metrics.ts'
import { version } from './version.ts'

export class App {
  readonly events: Events
  readonly #startedAt = new Date()
  readonly #ending = new AbortController()
  readonly #status: StatusPage
  readonly #door: SpoolDoor
  /** Names of the destinations, for the metrics: the same list whatever is in it. */
  readonly #names: string[] = []
  #configuration: Configuration
  #spool: LmdbSpool | undefined
  #running: Running | undefined
  #around: Around | undefined
  /** One change at a time. */
  #turn: Promise<unknown> = Promise.resolve()
  #stopped: Promise<void> | undefined

  constructor(configuration: Configuration, log: Log) {
    this.#configuration = configuration
    const metrics = new Metrics(version)
    for (const kind of ownKinds) metrics.ownEvents.inc({ kind }, 0)
    this.events = new Events(log, metrics)
    this.events.own.isRead = hasOwnEvents(configuration)
    this.#status = new StatusPage({
      metrics,
      warned: (message) => this.events.warned(message),
      status: () => this.#readStatus(),
      asked: () => this.#around?.asked,
    })
    this.#door = new SpoolDoor({
      configuration: () => this.#configuration,
      notice: (notice) => this.events.spoolNotice(notice),
      failed: (failure) => this.#waits(failure),
      signal: this.#ending.signal,
    })
  }

  /** Resolves when all loops run, or when it was stopped before. Throws `config`, with everything
   * closed. */
  async start(): Promise<void> {
    try {
      // Options that do not go together are found before anything is opened.
      await makeOnce(this.#configuration)
      const spool = await this.#door.open()
      if (!spool) return
      if (this.#ending.signal.aborted) return await spool.close()
      this.#spool = spool
      await this.#inTurn(() => this.#begin(spool))
    } catch (thrown) {
      if (this.#ending.signal.aborted) return
      await this.stop()
      throw thrown
    }
  }

  /**
   * Takes another configuration over; resolves to what has changed, when the new components run.
   * Throws `config` with all that is wrong with it, and nothing has changed.
   */
  async apply(next: Configuration): Promise<string[]> {
    return this.#inTurn(() => this.#apply(next))
  }

  /** One line: where the status page is; empty until it is there. */
  get statusPage(): string {
    return this.#status.summary
  }

  /** After `stop`: an orderly end of the process would wait for the spool for ever. */
  get isStuck(): boolean {
    return this.#spool?.stuck ?? false
  }

  get isEnding(): boolean {
    return this.#ending.signal.aborted
  }

  /** Safe at any time, safe twice. */
  stop(reason?: string): Promise<void> {
    this.#stopped ??= this.#stop(reason)
    return this.#stopped
  }

  async #begin(spool: LmdbSpool): Promise<void> {
    this.events.spoolOpened()
    const configuration = this.#configuration
    spool.configure(spoolConfiguration(configuration))
    await this.#status.move(configuration.status)
    const running = new Running(spool, this.events, resolve(configuration.spool.folder))
    const plan = await planOf(configuration)
    if (this.#ending.signal.aborted) return
    this.#around = new Around({
      events: this.events,
      spool,
      running,
      configuration: () => this.#configuration,
      status: () => this.#readStatus(),
      hold: (source, work) => this.#inTurn(() => running.hold(source, work)),
      signal: this.#ending.signal,
    })
    await this.#around.start()
    this.#running = running
    await running.start(plan, configuration)
    this.events.metrics.watch(spool, this.#names)
    this.#inForce(configuration)
    this.events.started(startLines(configuration, spool, this.#status.summary))
    this.events.telling.tell('start', { message: startText(configuration) })
    for (const warning of await startWarnings(configuration, spool)) this.events.warned(warning)
  }

  async #apply(next: Configuration): Promise<string[]> {
    const now = this.#configuration
    const [spool, running] = [this.#spool, this.#running]
    refuseRestart(now, next, spool !== undefined)
    if (!spool || !running) return this.#applyBefore(next, differences(now, next))
    const { signal } = this.#ending
    const preparing = planOf(next).then((plan) => running.prepare(plan, signal))
    const changes = await untilAborted(preparing, signal)
    const isSaid = (what: string) => what in changes && changes[what as keyof Changes].length > 0
    const others = differences(now, next).filter((what) => !isSaid(what))
    const said = [...describeChanges(changes), ...others.map((what) => `${what} changed`)]
    if (said.length === 0) return []
    try {
      await this.#status.move(next.status)
      // While both run, what either reads is kept.
      const both = bothConfigurations(spoolConfiguration(now), spoolConfiguration(next))
      spool.configure(both)
    } catch (thrown) {
      await discard(changes)
      throw thrown
    }
    this.#configuration = next
    if (!hasOwnEvents(next)) this.events.ownEnds(said)
    this.#inForce(next)
    await running.take(changes, next)
    if (!signal.aborted) spool.configure(spoolConfiguration(next))
    for (const warning of changedWarnings(spool, now, next, changes)) this.events.warned(warning)
    return said
  }

  /** Before the spool is open: it is opened, and the components are made, as this one says. */
  async #applyBefore(next: Configuration, different: string[]): Promise<string[]> {
    await makeOnce(next)
    if (different.length === 0) return []
    if (this.#status.isOpen) await this.#status.move(next.status)
    this.#configuration = next
    this.events.own.isRead = hasOwnEvents(next)
    this.events.levelChanged(next.log.level)
    this.#door.knock()
    return different.map((what) => `${what} changed`)
  }

  /** The spool cannot be opened now: the status page says so. */
  async #waits(failure: CeflineError): Promise<void> {
    this.events.spoolWaits(failure)
    // The process that has the spool may have the address too, and leaves both.
    await this.#status.move(this.#configuration.status).catch((thrown: unknown) => {
      this.events.statusWaits(asCefline(thrown))
    })
  }

  #inForce(configuration: Configuration): void {
    const { log, destinations } = configuration
    this.#names.splice(0, Infinity, ...destinations.map(({ name }) => name))
    this.events.own.isRead = hasOwnEvents(configuration)
    this.events.levelChanged(log.level)
    this.events.configured()
  }

  async #stop(reason?: string): Promise<void> {
    if (reason !== undefined) this.events.stopping(reason)
    this.#ending.abort(new Error('stopping'))
    // None of them may keep the others from ending.
    for (const end of [
      () => this.#around?.idle(),
      () => this.#running?.stop(),
      () => this.#turn,
      () => this.#running?.stop(),
      ...(this.#around?.ends ?? []),
      () => this.#status.close(),
      () => this.#spool?.close(),
    ]) {
      await Promise.resolve(end()).catch((thrown: unknown) => {
        this.events.warned(`while ending: ${asCefline(thrown).message}`)
      })
    }
    if (reason !== undefined) this.events.stopped()
    if (this.isStuck) {
      this.events.warned(
        'the spool could not be closed in time (another process holds its lock, or its disk does not answer): this process kills itself; what was spooled and received is durable',
      )
    }
  }

  #readStatus(): Status {
    const { sources, destinations, spool, origin, status } = this.#configuration
    return readStatus({
      version,
      configuration: origin,
      startedAt: this.#startedAt,
      writable: status.token !== null || status.tokens !== null,
      page: this.#status.url,
      folder: spool.folder,
      sources: sources.map(partOf),
      destinations: destinations.map(partOf),
      spool: this.#spool,
      events: this.events,
    })
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(() => {
      this.#ending.signal.throwIfAborted()
      return work()
    })
    this.#turn = done.catch(() => {})
    return done
  }
}
