/**
 * From a configuration to running loops. Started downstream first, so that nothing is taken in
 * before there is a place for it; stopped upstream first. Stopping drains nothing: the spool is
 * durable, and what has no receipt is sent again at the next start.
 */
import { byPriority, createDestination, createSource, whereOf } from './components.ts'
import type { Configuration } from './config/load.ts'
import type { Destination, Source } from './core.ts'
import { isContainerLayer } from './io/volume.ts'
import { collect } from './pipeline/collect.ts'
import { forward } from './pipeline/forward.ts'
import { makeRoom } from './pipeline/make-room.ts'
import { openSpool } from './spool/spool.ts'
import type { LmdbSpool } from './spool/spool.ts'
import { startStatusServer } from './status/server.ts'
import type { StatusServer } from './status/server.ts'
import { readStatus } from './status/status.ts'
import type { Part } from './status/status.ts'
import { Events } from './telemetry/events.ts'
import type { Log } from './telemetry/log.ts'
import { Metrics } from './telemetry/metrics.ts'
import { version } from './version.ts'

export class App {
  readonly #configuration: Configuration
  readonly #events: Events
  readonly #startedAt = new Date()
  readonly #reading = new AbortController()
  readonly #sending = new AbortController()
  #spool: LmdbSpool | undefined
  #server: StatusServer | undefined
  #sources: Source[] = []
  #collects: Promise<void>[] = []
  #forwards: Promise<void>[] = []
  #stopped: Promise<void> | undefined

  constructor(configuration: Configuration, log: Log) {
    this.#configuration = configuration
    this.#events = new Events(log, new Metrics(version))
  }

  /** Resolves when all loops run. Throws `config` or a spool's error, with everything closed. */
  async start(): Promise<void> {
    try {
      // Options that do not go together are found before anything is opened.
      this.#sources = this.#configuration.sources.map((source) => this.#make(source))
      const destinations = this.#configuration.destinations.map(createDestination)
      await this.#openSpool()
      await this.#startStatus()
      this.#startForwards(destinations)
      this.#startCollects()
      await this.#announce()
    } catch (thrown) {
      await this.stop()
      throw thrown
    }
  }

  /** Safe at any time, safe twice. */
  stop(reason?: string): Promise<void> {
    this.#stopped ??= this.#stop(reason)
    return this.#stopped
  }

  #make(source: Configuration['sources'][number]): Source {
    return createSource(source, (id) => this.#open().remembers(source.name, id))
  }

  async #openSpool(): Promise<void> {
    const { spool, sources, destinations } = this.#configuration
    const queues = sources.map((source) => source.name)
    this.#spool = await openSpool({
      folder: spool.folder,
      maxBytes: spool.maxBytes,
      reserve: spool.reserve,
      remember: { age: spool.rememberAge, count: spool.rememberCount },
      queues,
      destinations: new Map(destinations.map(({ name, from }) => [name, from ?? queues])),
      notice: (notice) => this.#events.spoolNotice(notice),
    })
    this.#events.metrics.watch(
      this.#spool,
      destinations.map((destination) => destination.name),
    )
  }

  async #startStatus(): Promise<void> {
    const { status, spool, origin } = this.#configuration
    const input = {
      version,
      configuration: origin,
      startedAt: this.#startedAt,
      folder: spool.folder,
      sources: this.#configuration.sources.map(partOf),
      destinations: this.#configuration.destinations.map(partOf),
      spool: this.#open(),
      events: this.#events,
    }
    this.#server = await startStatusServer({
      listen: status.listen,
      token: status.token,
      metrics: this.#events.metrics,
      status: () => readStatus(input),
    })
  }

  #startForwards(made: Destination[]): void {
    const { sources, destinations } = this.#configuration
    this.#forwards = made.map((destination, index) => {
      const { name = '', from = null } = destinations[index] ?? {}
      const read = sources.filter((source) => from === null || from.includes(source.name))
      return forward({
        name,
        destination,
        queues: byPriority(read),
        spool: this.#open(),
        events: this.#events.destination(name),
        signal: this.#sending.signal,
      })
    })
  }

  #startCollects(): void {
    const spool = this.#open()
    const { sources, destinations } = this.#configuration
    const whenFull = new Map(
      destinations.map((destination) => [destination.name, destination.whenFull]),
    )
    const room = () => makeRoom(spool, whenFull, this.#events)
    this.#collects = this.#sources.map((source, index) => {
      const { name = '' } = sources[index] ?? {}
      const events = this.#events.source(name)
      const { signal } = this.#reading
      return collect({ name, source, spool, events, makeRoom: room, signal })
    })
  }

  /** What it watches, where it sends, where the status page is; and what deserves a warning. */
  async #announce(): Promise<void> {
    const { sources, destinations, warnings, spool, origin } = this.#configuration
    const state = this.#open()
    this.#events.started([
      `Cefline ${version}, configuration: ${origin}`,
      ...sources.map(partOf).map(({ name, type, where }) => `reads ${where} (${name}: ${type})`),
      ...destinations
        .map(partOf)
        .map(({ name, type, where }) => `sends to ${where} (${name}: ${type})`),
      `spool ${spool.folder}: ${waitingLines(state, destinations)}`,
      this.#server?.summary ?? '',
    ])
    for (const warning of warnings) this.#events.warned(warning)
    for (const warning of strandedIn(state, this.#configuration)) this.#events.warned(warning)
    if (await isContainerLayer(spool.folder)) {
      this.#events.warned(
        `spool.folder: "${spool.folder}" is in the container's own layer and is lost with the container; mount a volume there`,
      )
    }
  }

  async #stop(reason?: string): Promise<void> {
    if (reason !== undefined) this.#events.stopping(reason)
    this.#reading.abort(new Error('stopping'))
    await Promise.all(this.#collects)
    await Promise.all(this.#sources.map((source) => source.close()))
    this.#sending.abort(new Error('stopping'))
    await Promise.all(this.#forwards)
    await this.#server?.close()
    await this.#spool?.close()
    if (reason !== undefined) this.#events.stopped()
  }

  #open(): LmdbSpool {
    if (!this.#spool) throw new Error('the spool is not open')
    return this.#spool
  }
}

type Component = Configuration['sources'][number] | Configuration['destinations'][number]

function partOf(component: Component): Part {
  return { name: component.name, type: component.type, where: whereOf(component) }
}

function waitingLines(spool: LmdbSpool, destinations: Configuration['destinations']): string {
  const waiting = destinations.map(({ name }) => `${spool.waiting(name).lines} lines for ${name}`)
  return `${waiting.join(', ')} waiting`
}

/** What the spool holds and this configuration does not send. */
function strandedIn(spool: LmdbSpool, { sources, destinations }: Configuration): string[] {
  const isSource = (name: string) => sources.some((source) => source.name === name)
  const isDestination = (name: string) => destinations.some((one) => one.name === name)
  const lines = spool
    .queues()
    .filter(({ queue, lines }) => lines > 0 && !isSource(queue))
    .map(
      ({ queue, lines }) =>
        `the spool holds ${lines} lines of a source "${queue}" that the configuration does not have: they are kept and not sent until it has it again`,
    )
  const positions = spool
    .strangers()
    .filter(({ queue }) => isSource(queue))
    .map(({ destination, queue }) =>
      isDestination(destination)
        ? `destination "${destination}" no longer reads "${queue}": its position is kept and holds nothing back`
        : `the spool knows a destination "${destination}" (of ${queue}) that the configuration does not have: its position is kept and holds nothing back`,
    )
  const damaged = spool.damaged().length
  const damage = `${damaged} damaged blocks of the spool were set aside in its folder "damaged"`
  return [...lines, ...positions, ...(damaged > 0 ? [damage] : [])]
}
