/**
 * Syslog to a SIEM, over UDP, TCP or TLS.
 *
 * A receipt means: UDP, the kernel took the message (at most once); TCP and TLS, the bytes were
 * written and the connection then lived for `receiptAfter` (at least once, with duplicates only
 * after a break). How a message looks is decided by the transport, the `receiver` preset, and
 * options given by hand, the later ones winning.
 */
import { hostname as systemHostname } from 'node:os'
import type { Block, CheckStep, Delivery, Destination } from '../core.ts'
import { error } from '../error.ts'
import { tlsSchema } from '../io/tls.ts'
import type { TlsOptions } from '../io/tls.ts'
import { Chunks, frame, frameBlock } from '../syslog/framing.ts'
import type { Framing } from '../syslog/framing.ts'
import { Headers } from '../syslog/message.ts'
import type { Format } from '../syslog/message.ts'
import { facilities } from '../syslog/priority.ts'
import { largestDatagram, receivers, wireFor } from '../syslog/receivers.ts'
import type { Receiver, Wire } from '../syslog/receivers.ts'
import { Messages } from '../syslog/wire.ts'
import { checkSyslog } from './syslog-check.ts'
import { deliverStream } from './syslog-stream.ts'
import { readAddress } from './syslog-target.ts'
import type { Target } from './syslog-target.ts'
import { deliverUdp } from './syslog-udp.ts'

export interface Options {
  url: string
  receiver: Receiver | null
  format: Format | null
  framing: Framing | null
  payload: 'cef'
  facility: string
  hostname: string | null
  appName: string
  timezone: string
  time: 'event' | 'sent'
  maxBytes: number | null
  equals: Wire['equals'] | null
  receiptAfter: number
  timeout: number
  tls: TlsOptions
}

export const schema = {
  url: {
    doc: 'Where to send: `udp://`, `tcp://` or `tls://`, host and port (514; TLS 6514).',
    format: 'url',
    default: null as string | null,
    required: true,
  },
  receiver: {
    doc: 'The SIEM at the other end, as a preset for `format`, `framing`, `maxBytes` and `equals`.',
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
  payload: {
    doc: 'What a message carries.',
    format: ['cef'],
    default: 'cef',
  },
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
  receiptAfter: {
    doc: 'How long a connection must live after a write before the events count as received.',
    format: 'duration',
    default: 2000,
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
  readonly #target: Target
  readonly #wire: Wire
  readonly #messages: Messages
  readonly #hostname: { name: string; given: boolean }

  constructor(options: Options, place: string) {
    const { receiptAfter, receiver, time, timeout, tls, url } = options
    const address = readAddress(url, `${place}.url`)
    this.#target = { ...address, place, timeout, receiptAfter, tls }
    this.#wire = wireFor(receiver, address.transport, address.port, options)
    checkSize(options.maxBytes, address.transport === 'udp', place)
    this.#hostname = {
      name: options.hostname ?? systemHostname(),
      given: options.hostname !== null,
    }
    const headers = new Headers(
      {
        format: this.#wire.format,
        facility: facilityNumber(options.facility, place),
        hostname: this.#hostname.name,
        appName: options.appName,
        timezone: options.timezone,
      },
      place,
    )
    this.#messages = new Messages({ headers, wire: this.#wire, time, place })
  }

  check(signal: AbortSignal, connect: boolean): AsyncIterable<CheckStep> {
    return checkSyslog(this.#target, this.#wire, this.#hostname, signal, connect)
  }

  async deliver(
    blocks: AsyncIterable<Block>,
    delivery: Delivery,
    signal: AbortSignal,
  ): Promise<void> {
    const target = this.#target
    const messages = this.#messages
    if (target.transport === 'udp') {
      await deliverUdp(target, messages, blocks, delivery, signal)
      return
    }
    const { framing } = this.#wire
    const chunks = new Chunks()
    const frames = (block: Block, reject: Delivery['reject']) =>
      frameBlock(block, messages, framing, reject, chunks)
    await deliverStream(target, frames, blocks, delivery, signal)
  }

  frame(cef: string, time: number, severity: number): Buffer {
    const message = this.#messages.one(cef, time, severity)
    return this.#target.transport === 'udp' ? message : frame(message, this.#wire.framing)
  }

  async close(): Promise<void> {
    // Each delivery owns its connection and ends it.
  }
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
