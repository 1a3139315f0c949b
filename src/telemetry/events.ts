/**
 * What happens, by name. One event, one method: it writes the log line, bumps the counter and
 * updates the state that the status page shows. There is no log line per record; states are logged:
 * connected, lost, full, drained.
 */
import type { Notice } from '../core.ts'
import type { CeflineError } from '../error.ts'
import { counted } from '../io/counted.ts'
import { ownSource } from '../io/own-source.ts'
import type { OwnKind } from '../own-event.ts'
import { DestinationEvents } from './destination-events.ts'
import { Digest } from './digest.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import { Silence } from './silence.ts'
import type { Memory } from './silence.ts'
import { OwnEvents } from './own-events.ts'
import { Passing } from './passing.ts'
import { SourceEvents } from './source-events.ts'
import { Telling } from './telling.ts'
import { tellable } from './without-values.ts'

export class Events {
  readonly sources = new Map<string, SourceEvents>()
  readonly destinations = new Map<string, DestinationEvents>()
  readonly log: Log
  readonly metrics: Metrics
  /** What the SIEM is told, and how it is told. */
  readonly own: OwnEvents
  readonly telling: Telling
  /** What is handed to the destinations, for whoever wants to see it. */
  readonly passing: Passing
  /** Why the spool cannot be opened, while it cannot. */
  spoolProblem: string | undefined
  readonly #now: () => number
  /** Whether what stands in the files now was refused. */
  #isRefused = false
  /** Of sources, from before this start. */
  readonly #memories = new Map<string, Memory>()
  /** Events of its own that had to go. */
  readonly #leftOut = new Digest<OwnKind>((kinds) => {
    const which = [...new Set(kinds)].join(', ')
    this.log.warn(
      `the spool takes no events of Cefline's own, and too many wait: ${kinds.length} of the oldest could not be kept (${which}); the next one that is sent says how many`,
    )
  })

  constructor(log: Log, metrics: Metrics, now = Date.now) {
    this.log = log
    this.metrics = metrics
    this.#now = now
    this.own = new OwnEvents({
      added: (kind) => metrics.ownEvents.inc({ kind }),
      leftOut: (kind) => {
        metrics.ownLeftOut.inc()
        this.#leftOut.add(kind)
      },
      now,
    })
    this.telling = new Telling(this.own, now)
    this.passing = new Passing(now)
  }

  /** How often a source gave records before this start; to be said before it begins. */
  remember(source: string, memory: Memory): void {
    this.#memories.set(source, memory)
  }

  /** One that begins, anew where it was there before. */
  source(name: string): SourceEvents {
    const log = this.log.child({ component: name })
    const events = this.sources.get(name) ?? this.#newSource(name, log)
    this.sources.set(name, events)
    events.begins()
    return events
  }

  destination(name: string): DestinationEvents {
    const log = this.log.child({ component: name })
    const events = this.destinations.get(name) ?? this.#newDestination(name, log)
    this.destinations.set(name, events)
    events.begins()
    return events
  }

  /** It is gone from the configuration. */
  sourceRemoved(name: string): void {
    this.sources.get(name)?.removed()
    this.sources.delete(name)
    this.#memories.delete(name)
  }

  destinationRemoved(name: string): void {
    this.destinations.get(name)?.removed()
    this.destinations.delete(name)
  }

  levelChanged(level: string): void {
    this.log.level = level
    for (const events of this.sources.values()) events.levelChanged(level)
    for (const events of this.destinations.values()) events.levelChanged(level)
  }

  /** This configuration is in force from now on. */
  configured(): void {
    this.metrics.configured.set(Date.now() / 1000)
  }

  reloaded(changes: string[]): void {
    this.metrics.reloads.inc({ result: 'applied' })
    this.configured()
    this.metrics.reloadSuccessful.set(1)
    this.#isRefused = false
    const what = changes.join(', ')
    this.log.info(`the changed configuration was taken over: ${what}`)
    this.telling.tell('configuration-changed', { message: what })
  }

  /** With this change nobody is told of Cefline's own events any more: the last one says so. */
  ownEnds(changes: string[]): void {
    const message = `no destination gets Cefline's own events any more: ${changes.join(', ')}`
    if (this.own.isRead) this.telling.tell('configuration-changed', { message })
  }

  /** Somebody asked for a reload, or took back what was refused. */
  unchanged(): void {
    this.metrics.reloadSuccessful.set(1)
    this.log.info('the configuration is the one that runs')
    if (!this.#isRefused) return
    this.#isRefused = false
    const message = 'what was refused is taken back: the configuration is again the one that runs'
    this.telling.tell('configuration-changed', { message })
  }

  reloadRefused({ code, message }: CeflineError): void {
    this.metrics.reloads.inc({ result: 'refused' })
    this.metrics.reloadSuccessful.set(0)
    this.#isRefused = true
    const what = 'the changed configuration is not taken over, and all goes on as before'
    this.log.error({ code }, `${what}: ${message.replaceAll('\n', '; ')}`)
    const told = `${what}: ${tellable(code, message)}`
    this.telling.tell('configuration-refused', { message: told, code })
  }

  /** The spool cannot be opened now: counted each time, said when it is another reason. */
  spoolWaits({ code, message }: CeflineError): void {
    this.metrics.errors.inc({ component: 'spool', code })
    if (this.spoolProblem === message) return
    this.spoolProblem = message
    this.log.error({ component: 'spool', code }, `waits, nothing is read or sent: ${message}`)
  }

  spoolOpened(): void {
    if (this.spoolProblem !== undefined) this.log.info({ component: 'spool' }, 'is open now')
    this.spoolProblem = undefined
  }

  /** What the plots showed before this start cannot be read: no part of the books. */
  historyLost(file: string): void {
    this.log.debug(`${file} is damaged or of another release: the plots begin anew`)
  }

  /** The status page cannot be had while the spool is awaited; at the start that would end it. */
  statusWaits({ code, message }: CeflineError): void {
    this.log.debug({ code }, message)
  }

  started(lines: string[]): void {
    for (const line of lines) this.log.info(line)
  }

  warned(message: string): void {
    this.log.warn(message)
  }

  spoolNotice({ level, code, message }: Notice): void {
    if (level === 'error') this.metrics.errors.inc({ component: 'spool', code })
    this.log[level]({ component: 'spool', code }, message)
    if (code === 'spool-damaged') {
      this.telling.tell('spool-damaged', { message, component: 'spool', code })
    }
  }

  stopping(reason: string): void {
    this.log.info(`stopping: ${reason}`)
    this.telling.flush()
    this.telling.tell('stop', { message: `Cefline stops: ${reason}` })
  }

  stopped(): void {
    for (const source of this.sources.values()) source.flush()
    for (const destination of this.destinations.values()) destination.flush()
    this.#leftOut.flush()
    const untold = this.own.rest().map(({ kind }) => kind)
    if (untold.length > 0) {
      this.log.warn(
        `the spool took nothing more: the SIEM is not told of ${[...new Set(untold)].join(', ')} (${counted(untold.length, 'event')} of Cefline's own)`,
      )
    }
    this.log.info('stopped')
  }

  #newDestination(name: string, log: Log): DestinationEvents {
    return new DestinationEvents(name, log, this.metrics, this.telling, this.passing)
  }

  #newSource(name: string, log: Log): SourceEvents {
    const silence = new Silence(this.#memories.get(name), this.#now)
    // What becomes of the events of its own it could not tell by one of them.
    const telling = name === ownSource ? undefined : this.telling
    return new SourceEvents(name, log, this.metrics, silence, telling)
  }
}
