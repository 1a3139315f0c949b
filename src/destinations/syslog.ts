/**
 * Syslog to a SIEM, over UDP, TCP, TLS or RELP, to the first of its urls that takes it.
 *
 * What a receipt means is the transport's: UDP, the kernel took the message (at most once); TCP and
 * TLS, the receiving program read every byte, known by its answer to our half-close, or with
 * `receiptEvery: 0` that the connection lived on; RELP, the receiver said so. How a message looks is
 * decided by the transport, the `receiver` preset, and options given by hand, the later ones winning.
 */
import { hostname as systemHostname } from 'node:os'
import type { Block, CheckStep, Delivery, Destination } from '../core.ts'
import { clashChoices } from '../cef/clashes.ts'
import { error } from '../error.ts'
import { tlsSchema } from '../io/tls.ts'
import type { TlsOptions } from '../io/tls.ts'
import type { Format } from '../syslog/message.ts'
import { facilities } from '../syslog/priority.ts'
import { largestDatagram, receivers } from '../syslog/receivers.ts'
import type { Framing, Receiver, Wire } from '../syslog/receivers.ts'
import { checkSyslog } from './syslog/check.ts'
import { Failover } from './syslog/failover.ts'
import { payloadOf, payloadSchema } from './syslog/payload.ts'
import type { PayloadOptions } from './syslog/payload.ts'
import { makeRoute } from './syslog/route.ts'
import type { Route } from './syslog/route.ts'

export interface Options extends PayloadOptions {
  url: string[]
  receiver: Receiver | null
  format: Format | null
  framing: Framing | null
  facility: string
  hostname: string | null
  appName: string
  timezone: string
  time: 'event' | 'sent'
  maxBytes: number | null
  equals: Wire['equals'] | null
  clashes: Wire['clashes'] | null
  receiptEvery: number
  receiptWindow: number
  receiptAfter: number
  failBack: number
  timeout: number
  tls: TlsOptions
}

export const schema = {
  url: {
    doc: 'Where to send: `udp://`, `tcp://`, `tls://`, `relp://` or `relps://`, host and port (514; TLS 6514; RELP 2514). A list is tried in order, and gone back to the first that works.',
    format: 'urls',
    default: null as string[] | null,
    required: true,
  },
  receiver: {
    doc: 'The SIEM at the other end, as a preset for `format`, `framing`, `maxBytes`, `equals` and `clashes`.',
    format: receivers,
    nullable: true,
    default: null as Receiver | null,
  },
  format: {
    doc: 'Header of a message: `rfc3164` (default for UDP and TCP) or `rfc5424` (for TLS).',
    format: ['rfc3164', 'rfc5424'],
    nullable: true,
    default: null as Format | null,
  },
  framing: {
    doc: 'How messages are parted on TCP (default `lf`) and TLS (default `octet-counting`).',
    format: ['lf', 'octet-counting', 'nul'],
    nullable: true,
    default: null as Framing | null,
  },
  ...payloadSchema,
  facility: {
    doc: 'Syslog facility; one of its own keeps Sentinel from taking the events twice.',
    format: [...facilities.keys()],
    default: 'local4',
  },
  hostname: {
    doc: 'Host name in the header (default: this machine’s); set it where that is a container’s id.',
    format: 'text?',
    default: null as string | null,
  },
  appName: {
    doc: 'APP-NAME of an RFC 5424 header.',
    format: 'text',
    default: 'cefline',
  },
  timezone: {
    doc: 'IANA time zone that the header’s time is written in.',
    format: 'timezone',
    default: 'UTC',
  },
  time: {
    doc: 'Which time the header carries: the `event`’s own or when it is `sent`.',
    format: ['event', 'sent'],
    default: 'event',
  },
  maxBytes: {
    doc: 'Largest message with its header (UDP 2048, TCP and TLS 8096); above it the event is cut.',
    format: 'bytes',
    nullable: true,
    default: null as number | null,
  },
  equals: {
    doc: 'How `=` in a value is sent: CEF’s `escape`, or `substitute` for parsers that split there.',
    format: ['escape', 'substitute'],
    nullable: true,
    default: null as Wire['equals'] | null,
  },
  clashes: {
    doc: 'Cado’s keys that CEF has as something else: `keep` them, `rename` those of another type (`type`, `eventId`), or `rename-all`, those with `_` too.',
    format: [...clashChoices],
    nullable: true,
    default: null as Wire['clashes'] | null,
  },
  receiptEvery: {
    doc: 'TCP and TLS: how often, while events are unconfirmed, the receiver is made to prove that it has read them (half-close); 0 turns it off.',
    format: 'duration',
    default: 30_000,
  },
  receiptWindow: {
    doc: 'TCP and TLS: events after which that proof is asked for without waiting. A window grows to what two seconds bring, eight times this at most; two of them at most are unconfirmed, and sent again after a break.',
    format: 'count',
    default: 50_000,
  },
  receiptAfter: {
    doc: 'TCP and TLS without that proof: how long a connection must live after a write before the events count as received.',
    format: 'duration',
    default: 2000,
  },
  failBack: {
    doc: 'With several urls: how long an earlier one must work again before it is gone back to.',
    format: 'duration',
    default: 60_000,
  },
  timeout: {
    doc: 'Longest wait for a connection, and for progress while writing.',
    format: 'duration',
    default: 30_000,
  },
  tls: tlsSchema,
}

/** RFC 5424 section 6.1: every receiver takes at least this many bytes. */
const smallestMessage = 480

/** Throws `config` when the options do not go together. */
export function create(options: Options, context: { name: string }): Destination {
  return new Syslog(options, `destinations.${context.name}`)
}

class Syslog implements Destination {
  readonly #routes: readonly [Route, ...Route[]]
  readonly #failover: Failover
  readonly #hostname: { name: string; given: boolean }

  constructor(options: Options, place: string) {
    const { appName, hostname, timezone } = options
    this.#hostname = { name: hostname ?? systemHostname(), given: hostname !== null }
    const facility = facilityNumber(options.facility, place)
    const header = { facility, hostname: this.#hostname.name, appName, timezone }
    const content = payloadOf(options, header, place)
    const routes = options.url.map((url) =>
      makeRoute(url, { ...options, place, byHand: options, header, content }),
    )
    for (const { target } of routes) checkSize(options.maxBytes, target.transport === 'udp', place)
    checkWindow(options.receiptWindow, place)
    checkTwice(routes, place)
    const [first, ...others] = routes
    if (!first) throw error('config', `${place}.url is an empty list: give at least one url`)
    this.#routes = [first, ...others]
    this.#failover = new Failover(this.#routes, { failBack: options.failBack })
  }

  async *check(signal: AbortSignal, connect: boolean): AsyncGenerator<CheckStep> {
    yield* checkSyslog(this.#routes, this.#hostname, signal, connect)
  }

  async deliver(
    blocks: AsyncIterable<Block>,
    delivery: Delivery,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#failover.deliver(blocks, delivery, signal)
  }

  frame(cef: string, time: number, severity: number): Buffer {
    return this.#routes[0].frame(cef, time, severity)
  }

  /** Of a message, without what frames it: for `preview`. */
  get maxBytes(): number {
    return this.#routes[0].wire.maxBytes
  }

  async close(): Promise<void> {
    // Each delivery owns its connections and ends them.
  }
}

/** The same address written in two ways: a dead one would be its own stand-in. */
function checkTwice(routes: readonly Route[], place: string): void {
  const urls = routes.map(({ target }) => target.url)
  const twice = urls.find((url, index) => urls.indexOf(url) !== index)
  if (twice === undefined) return
  throw error('config', `${place}.url names ${twice} twice: leave one of them out`)
}

function checkWindow(lines: number, place: string): void {
  if (lines > 0) return
  throw error(
    'config',
    `${place}.receiptWindow is 0: give a number of events, or turn the proof off by receiptEvery: 0`,
  )
}

function checkSize(maxBytes: number | null, udp: boolean, place: string): void {
  const largest = udp ? largestDatagram : 9_999_999
  if (maxBytes === null || (maxBytes >= smallestMessage && maxBytes <= largest)) return
  throw error(
    'config',
    `${place}.maxBytes is ${maxBytes}: give ${smallestMessage} to ${largest} bytes ` +
      `(${udp ? 'a datagram holds no more' : 'a count has seven digits'})`,
  )
}

function facilityNumber(name: string, place: string): number {
  const found = facilities.get(name)
  if (found !== undefined) return found
  const known = [...facilities.keys()].join(', ')
  throw error('config', `${place}.facility is “${name}”: give one of ${known}`)
}
