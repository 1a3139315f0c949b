/**
 * One url of a syslog destination with everything its transport needs to deliver there: where it
 * leads, how a message looks, and which of the transports' files takes the blocks.
 */
import type { Block, Delivery } from '../../core.ts'
import { readTls } from '../../io/tls.ts'
import type { TlsFiles } from '../../io/tls.ts'
import { Chunks, frame, frameBlock } from '../../syslog/framing.ts'
import { Headers } from '../../syslog/message.ts'
import type { HeaderOptions } from '../../syslog/message.ts'
import { wireFor } from '../../syslog/receivers.ts'
import type { Receiver, Wire } from '../../syslog/receivers.ts'
import { Messages } from '../../syslog/wire.ts'
import { cefLine } from './payload.ts'
import type { Payload } from './payload.ts'
import { deliverRelp, relpFrame } from './relp.ts'
import { deliverStream } from './stream.ts'
import { readAddress } from './target.ts'
import type { Target } from './target.ts'
import { deliverUdp } from './udp.ts'

export interface Route {
  readonly target: Target
  readonly wire: Wire
  /** What a message carries. */
  readonly payload: Payload
  /** As `Destination.deliver`. */
  deliver(blocks: AsyncIterable<Block>, delivery: Delivery, signal: AbortSignal): Promise<void>
  /** As `Destination.frame`. */
  frame(cef: string, time: number, severity: number): Buffer
}

export interface RouteOptions extends Omit<Target, keyof ReturnType<typeof readAddress> | 'files'> {
  receiver: Receiver | null
  /** What the user set by hand; null leaves the preset's. */
  byHand: { [Option in keyof Wire]?: Wire[Option] | null }
  header: Omit<HeaderOptions, 'format'>
  time: 'event' | 'sent'
  /** Default: the CEF line. */
  content?: Payload
}

/** Throws `config` when url and options do not go together. */
export function makeRoute(url: string, options: RouteOptions): Route {
  const { content: payload = cefLine, header, place, receiver, time, tls } = options
  const address = readAddress(url, `${place}.url`)
  const { transport } = address
  const wire = wireFor(receiver, transport, address.port, formOf(options, payload))
  const headers = new Headers({ ...header, format: wire.format }, place)
  const made = { headers, wire, time, place }
  const messages = new Messages({ ...made, render: payload.render })
  const shown = new Messages({ ...made, render: payload.preview })
  let read: Promise<TlsFiles> | undefined
  const files = () => (read ??= readTls(tls, `${place}.tls`).catch(forget))
  const forget = (failure: unknown): never => {
    read = undefined
    throw failure
  }
  const target: Target = { ...options, ...address, files }
  return {
    target,
    wire,
    payload,
    deliver: (blocks, delivery, signal) => {
      if (transport === 'udp') return deliverUdp(target, messages, blocks, delivery, signal)
      if (transport === 'relp' || transport === 'relps') {
        return deliverRelp(target, messages, blocks, delivery, signal)
      }
      const chunks = new Chunks()
      const frames = (block: Block, reject: Delivery['reject']) =>
        frameBlock(block, messages, wire.framing, reject, chunks)
      return deliverStream(target, frames, blocks, delivery, signal)
    },
    frame: (cef, at, severity) => {
      const message = shown.one(cef, at, severity)
      if (transport === 'udp') return message
      if (transport === 'relp' || transport === 'relps') return relpFrame(1, message)
      return frame(message, wire.framing)
    },
  }
}

/** What is set by hand; and Snare's form is RFC 3164's where neither the user nor a preset says. */
function formOf({ byHand, receiver }: RouteOptions, payload: Payload): RouteOptions['byHand'] {
  if (payload.name === 'cef' || receiver !== null) return byHand
  return { ...byHand, format: byHand.format ?? 'rfc3164' }
}
