/**
 * The test event: one of Cefline's own, marked as a test, sent on the way that all events go, and each
 * step of it told as it happens: made, in the spool, handed to each destination, and the receipt with
 * what proves it. Where a receipt does not come in time the step says what it waits for; the event is
 * in the spool all the same and goes out.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Running } from './running.ts'
import { ownLine, tables } from '../components.ts'
import type { Configuration } from '../config/load.ts'
import { reads } from '../config/reads.ts'
import type { TestQuery, TestStep } from '../control/verbs.ts'
import { error } from '../error.ts'
import { endable } from '../io/endable.ts'
import { ownSource } from '../io/own-source.ts'
import type { LmdbSpool } from '../spool/spool.ts'
import { whatProves } from '../telemetry/destination-events.ts'
import type { Events } from '../telemetry/events.ts'
import { span } from '../telemetry/silence.ts'

/** ms between two looks at how far it is. */
const lookEvery = 20
const stops = 'the appliance stops; the next start sends what is in the spool'

export interface TestEventOptions {
  events: Events
  spool: LmdbSpool
  running: Pick<Running, 'handedOut'>
  configuration: Pick<Configuration, 'own' | 'destinations'>
  /** The appliance stops. */
  signal: AbortSignal
}

/** How far it is with one destination. */
interface Way {
  name: string
  isOut: boolean
  /** Lines of the queue that it could not take, before this one. */
  refused: number
}

type Step = Omit<TestStep, 'milliseconds'>

/** Ends as soon as its reader goes. Throws `not-found` for a destination that there is not, `lost` when
 * the appliance stops. */
export function sendTest(query: TestQuery, options: TestEventOptions): AsyncIterable<TestStep> {
  return endable((signal) => timed(query, { ...options, signal }), options.signal)
}

async function* timed(query: TestQuery, options: TestEventOptions): AsyncGenerator<TestStep> {
  const begin = performance.now()
  for await (const step of steps(query, options, begin + query.timeout)) {
    yield { ...step, milliseconds: Math.round(performance.now() - begin) }
  }
}

async function* steps(
  { destination, who, timeout }: TestQuery,
  options: TestEventOptions,
  end: number,
): AsyncGenerator<Step> {
  const { events, spool, configuration } = options
  const { readers, fault } = readersOf(configuration, destination)
  if (fault !== undefined) {
    yield { step: 'handed-out', ok: false, detail: fault, ...(destination && { destination }) }
    yield { step: 'end', ok: false, detail: 'no test event was sent' }
    return
  }
  const ways = readers.map((name) => ({ name, isOut: false, refused: refusedBy(name, spool) }))
  const message = 'Test event, asked for by hand: that it arrives shows that all events do'
  const event = events.own.add('test', { message, ...(who !== undefined && { who }) })
  yield { step: 'made', ok: true, detail: ownLine(event) }
  const sequence = await spooled(event.id, options, end)
  if (sequence === undefined) {
    const { full } = spool.usage()
    const why = full ? 'the spool is full: it waits for room' : 'it waits to be written'
    yield { step: 'spooled', ok: false, detail: `${why}, as all events do` }
    yield { step: 'end', ok: false, detail: `not in the spool within ${span(timeout)}` }
    return
  }
  const detailOfSpool = `block ${sequence} of the queue ${ownSource}, synced`
  const lost = readers.flatMap((name) => lostFor(name, events, timeout))
  yield { step: 'spooled', ok: true, detail: [detailOfSpool, ...lost].join('; ') }
  const wanted = ways.length
  const arrived = yield* onTheWay(ways, sequence, options, end)
  const detail = `received by ${arrived} of ${wanted} ${wanted === 1 ? 'destination' : 'destinations'}`
  yield { step: 'end', ok: arrived === wanted, detail }
}

/** Until all of them have it, or the time is over; returns how many have it. */
async function* onTheWay(
  ways: Way[],
  sequence: number,
  { events, spool, running, configuration, signal }: TestEventOptions,
  end: number,
): AsyncGenerator<Step, number> {
  let left = ways
  let arrived = 0
  while (left.length > 0) {
    if (signal.aborted) throw error('lost', stops)
    for (const way of left) {
      const { name: destination } = way
      if (!way.isOut && running.handedOut(destination, ownSource) >= sequence) {
        way.isOut = true
        yield {
          step: 'handed-out',
          destination,
          ok: true,
          detail: sentTo(way, events, configuration),
        }
      }
      if (spool.position(destination, ownSource) < sequence) continue
      left = left.filter((other) => other !== way)
      const received = receivedStep(way, events, spool)
      if (received.ok) arrived += 1
      yield received
    }
    if (performance.now() >= end) break
    if (left.length > 0) await sleep(lookEvery)
  }
  for (const way of left) {
    const options = configuration.destinations.find(({ name }) => name === way.name)?.options
    yield {
      step: way.isOut ? 'received' : 'handed-out',
      destination: way.name,
      ok: false,
      detail: waitsFor(way, events, spool, options?.['receiptEvery']),
    }
  }
  return arrived
}

/** Of a destination that works: nothing. `timeout`: ms that it is waited for. */
function lostFor(name: string, events: Events, timeout: number): string[] {
  const { state, detail } = events.destinations.get(name)?.state ?? {}
  if (state !== 'lost' && state !== 'parked') return []
  return [`${name} is lost (${detail}), and waited for up to ${span(timeout)}`]
}

/** Where it went, and what its receipt waits for. */
function sentTo(
  { name }: Way,
  events: Events,
  { destinations }: TestEventOptions['configuration'],
): string {
  const state = events.destinations.get(name)?.state
  const to = state?.detail ?? name
  const { options } = destinations.find((one) => one.name === name) ?? {}
  const [every, after] = [options?.['receiptEvery'], options?.['receiptAfter']]
  const isAsked = typeof every === 'number' && every > 0 && isStream(options?.['url'])
  // Before its first receipt a connection has no proof yet.
  const proof = state?.proof ?? (isAsked ? 'half-close' : undefined)
  if (proof === 'half-close' && isAsked) {
    return `${to}; its receipt may take ${span(every)}: the receiver is asked that often to prove what it has read (receiptEvery)`
  }
  if (proof === 'lived' && typeof after === 'number') {
    return `${to}; its receipt takes ${span(after)}: the connection must live that long (receiptAfter)`
  }
  return to
}

/** Plain TCP and TLS have no answer of their own. */
function isStream(url: unknown): boolean {
  return [url].flat().some((one) => typeof one === 'string' && /^(tcp|tls):/i.test(one.trim()))
}

function receivedStep({ name: destination, refused }: Way, events: Events, spool: LmdbSpool): Step {
  const { proof } = events.destinations.get(destination)?.state ?? {}
  const step = { step: 'received', destination } as const
  if (refusedBy(destination, spool) > refused) {
    const detail = 'the destination could not take it: it is kept in the rejects'
    return { ...step, ok: false, detail }
  }
  return { ...step, ok: true, detail: proof ? whatProves[proof] : 'it has its receipt' }
}

/** What a receipt that has not come waits for. */
function waitsFor(
  { name, isOut }: Way,
  events: Events,
  spool: LmdbSpool,
  receiptEvery: unknown,
): string {
  const state = events.destinations.get(name)?.state
  if (state?.state !== 'connected') {
    const why = state?.detail ?? 'it is not connected yet'
    return `${why}; the event is in the spool and goes out when the destination is back`
  }
  const { lines } = spool.waiting(name)
  if (!isOut)
    return `connected, and ${lines} lines wait for it: it takes them slowly, or its rate is low`
  const begin = 'sent, and its receipt has not come yet'
  if (typeof receiptEvery !== 'number' || receiptEvery === 0) return begin
  return `${begin}: the receiver is asked to prove that it has read everything every ${span(receiptEvery)} (receiptEvery); wait longer than that`
}

/** Sequence of the block that it is in; undefined when it is in none in time. */
async function spooled(
  id: string,
  { spool, signal }: TestEventOptions,
  end: number,
): Promise<number | undefined> {
  const bytes = Buffer.from(id, 'hex')
  const late = AbortSignal.timeout(Math.max(0, Math.ceil(end - performance.now())))
  const ended = AbortSignal.any([signal, late])
  for (;;) {
    const seen = spool.version
    if (spool.wasGiven(ownSource, bytes)) {
      return spool.queues().find(({ queue }) => queue === ownSource)?.newest
    }
    try {
      await spool.changed(seen, ended)
    } catch {
      if (late.aborted && !signal.aborted) return undefined
      throw error('lost', stops)
    }
  }
}

/** Whose receipts count, or why none can come. */
function readersOf(
  { own, destinations }: TestEventOptions['configuration'],
  wanted: string | undefined,
): { readers: string[]; fault?: string } {
  const found = destinations.filter(({ name }) => wanted === undefined || name === wanted)
  if (found.length === 0) {
    const known = destinations.map(({ name }) => `"${name}"`).join(', ')
    throw error('not-found', `there is no destination "${wanted}"; there is ${known}`)
  }
  if (!own.events) {
    const fault =
      'Cefline’s own events are turned off, and a test is one of them; set own.events: true'
    return { readers: [], fault }
  }
  const source = { name: ownSource, type: ownSource }
  const readers = found.filter((one) => reads(one, source, tables)).map(({ name }) => name)
  if (readers.length > 0) return { readers }
  const place = `destinations.${wanted ?? found[0]?.name}.from`
  const whose = wanted === undefined ? 'no destination gets' : `${wanted} does not get`
  return {
    readers,
    fault: `${whose} Cefline’s own events, and a test is one of them; add ${ownSource} to ${place}`,
  }
}

function refusedBy(destination: string, spool: LmdbSpool): number {
  return spool.ledger(destination).find(({ queue }) => queue === ownSource)?.refused ?? 0
}
