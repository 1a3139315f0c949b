/**
 * What the connections of the AWS SDK rest on: the SDK opens and closes them as it likes, and shows
 * nothing of them. Each is looked at where its agent makes it.
 */
import type { Agent, RequestOptions } from 'node:https'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import type { Certificate } from '../core.ts'
import { certificatesOn } from '../io/tls-certificates.ts'
import { watchUntrusted } from '../io/tls-untrusted.ts'
import type { Untrusted } from '../io/tls-untrusted.ts'

/** Hears the certificate of each service that is connected to, by host and port. */
export type Hear = (service: string, certificate: Certificate) => void

type Done = (failure: Error | null, stream: Duplex) => void

const untrusted = new WeakMap<Error, Untrusted>()

/** What is known of the certificates, when `failure` is that of a watched connection's handshake. */
export function untrustedBy(failure: unknown): Untrusted {
  const known = failure instanceof Error ? untrusted.get(failure) : undefined
  return known ?? { issuer: undefined, trusted: [] }
}

/** The agent itself, whose connections are looked at from now on; `ca` as it was given to it. */
export function watched(agent: Agent, ca: string | undefined, hear: Hear): Agent {
  const make = agent.createConnection.bind(agent)
  const createConnection = (target: RequestOptions, done?: Done): Duplex | null | undefined => {
    const look = (stream: Duplex): void => {
      if (stream instanceof TLSSocket) watch(stream, `${target.host}:${target.port}`, ca, hear)
    }
    const made = make(target, (failure, stream) => {
      if (!failure) look(stream)
      done?.(failure, stream)
    })
    if (made) look(made)
    return made
  }
  return Object.assign(agent, { createConnection })
}

function watch(socket: TLSSocket, service: string, ca: string | undefined, hear: Hear): void {
  const known = watchUntrusted(socket, ca)
  const failed = (failure: Error): void => void untrusted.set(failure, known())
  // Before the request hears of the failure.
  socket.prependOnceListener('error', failed)
  socket.once('secureConnect', () => {
    socket.off('error', failed)
    const [peer] = certificatesOn(socket, {})
    if (peer) hear(service, peer)
  })
}

/**
 * The certificates of the services that one component is connected to, told when there is one that was
 * not there before: while the machines of a service are given a new one, connections show it by turns
 * with the old.
 */
export class Peers {
  readonly #connected: (certificates: readonly Certificate[]) => void
  readonly #newest = new Map<string, Certificate>()
  readonly #seen = new Set<string>()

  constructor(connected: (certificates: readonly Certificate[]) => void) {
    this.#connected = connected
  }

  readonly hear: Hear = (service, certificate) => {
    const which = `${service} ${certificate.fingerprint}`
    if (this.#seen.has(which)) return
    this.#seen.add(which)
    this.#newest.set(service, certificate)
    this.#connected(this.all())
  }

  all(): Certificate[] {
    return [...this.#newest.values()]
  }
}
