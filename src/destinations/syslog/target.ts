/**
 * Where a syslog destination sends: its url, read once, with what the transports need beside it.
 */
import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { error } from '../../error.ts'
import { withoutUserinfo } from '../../io/printable.ts'
import type { TlsFiles, TlsOptions } from '../../io/tls.ts'
import type { Transport } from '../../syslog/receivers.ts'

export interface Address {
  transport: Transport
  /** A name in ASCII (IDNA), or an IP address without brackets. */
  host: string
  port: number
  /** The url with its port, for messages. */
  url: string
}

export interface Target extends Address {
  /** The destination's path in the configuration, such as `destinations.siem`. */
  place: string
  /** Milliseconds to wait for a connection, and without progress while writing. */
  timeout: number
  /** Milliseconds, with something unconfirmed, from one half-close checkpoint to the next; 0: none,
   * receipts are given by `receiptAfter`. */
  receiptEvery: number
  /** Lines after which a checkpoint does not wait for that time. */
  receiptWindow: number
  /** Milliseconds that a connection must live after a write before it counts as received, where
   * there are no checkpoints. */
  receiptAfter: number
  tls: TlsOptions
  /** The files of `tls`, read and proved at first use: a configuration's certificates do not change
   * under it, those that were renewed come with a reload. */
  files(): Promise<TlsFiles>
}

/** RFC 5426 and RFC 5425 assign 514 (UDP) and 6514 (TLS); for TCP 514 is the custom. RELP has no
 * assigned port: 2514 is what its documentation uses, and rsyslog's examples with it. */
const defaultPorts: Record<Transport, number> = {
  udp: 514,
  tcp: 514,
  tls: 6514,
  relp: 2514,
  relps: 2514,
}

function isTransport(scheme: string): scheme is Transport {
  return Object.hasOwn(defaultPorts, scheme)
}

/**
 * Reads `udp://`, `tcp://`, `tls://`, `relp://` and `relps://` urls; throws `config` for anything
 * else. No message shows a user or password.
 */
export function readAddress(text: string, place: string): Address {
  const parts = /^([a-z0-9+.-]+):\/\/(\[[^\]]*\]|[^:/?#@[\]]*)(?::(\d+))?\/?$/i.exec(text.trim())
  const example = 'such as tls://siem.example.com:6514'
  const shown = withoutUserinfo(text)
  if (text.includes('@')) {
    throw error(
      'config',
      `${place} is “${shown}”, which holds a user or password; syslog knows neither, leave it out`,
    )
  }
  if (!parts) throw error('config', `${place} is “${shown}”, which is no syslog url: ${example}`)
  const scheme = (parts[1] ?? '').toLowerCase()
  if (!isTransport(scheme)) {
    throw error(
      'config',
      `${place} is “${shown}”: use udp://, tcp://, tls://, relp:// or relps://, ${example}`,
    )
  }
  const host = readHost(parts[2] ?? '')
  if (host === undefined) {
    throw error('config', `${place} is “${shown}”: “${parts[2]}” is no host name or address`)
  }
  const port = parts[3] === undefined ? defaultPorts[scheme] : Number(parts[3])
  if (port < 1 || port > 65_535) {
    throw error('config', `${place} is “${shown}”: a port is a number from 1 to 65535`)
  }
  const authority = isIP(host) === 6 ? `[${host}]` : host
  return { transport: scheme, host, port, url: `${scheme}://${authority}:${port}` }
}

function readHost(text: string): string | undefined {
  if (text.startsWith('[')) {
    const address = text.slice(1, -1)
    return isIP(address) === 6 ? address : undefined
  }
  const name = domainToASCII(text)
  return name === '' || /\s/.test(name) ? undefined : name
}
