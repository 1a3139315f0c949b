/**
 * `cefline check` for a syslog destination: the way of `deliver` step by step, up to the handshake.
 * No event is sent. A step that fails is the last one of its url; with several urls each step names
 * its own.
 */
import type { LookupAddress } from 'node:dns'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { CheckStep } from '../../core.ts'
import { asCefline } from '../../error.ts'
import { seen } from '../../io/check-step.ts'
import type { Seen } from '../../io/check-step.ts'
import { describeTlsFiles, endsSoon, expiry } from '../../io/tls-description.ts'
import { peerCertificate, readTls } from '../../io/tls.ts'
import type { TlsFiles } from '../../io/tls.ts'
import { looksLikeContainerId } from '../../syslog/message.ts'
import { connectTcp, connectTls, describeTls, resolve } from './connect.ts'
import { describePayload } from './payload.ts'
import { endSocket, openRelp } from './probe.ts'
import type { Route } from './route.ts'
import type { Target } from './target.ts'
import { connectUdp } from './udp.ts'

/** What `check` reads of a `Route`. */
type Way = Pick<Route, 'target' | 'wire' | 'payload'>

const plainUnproven =
  'that it takes plain syslog, not TLS, shows only when something is sent: cefline send-test'

const udpFirst = 'UDP hardly ever fails, so the urls after it will hardly be used: put it last'

/** The urls one after the other, whether or not those before can be reached: each is to be ready. */
export async function* checkSyslog(
  ways: readonly Way[],
  hostname: { name: string; given: boolean },
  signal: AbortSignal,
  connect: boolean,
): AsyncGenerator<CheckStep> {
  const last = ways.length - 1
  for (const [index, way] of ways.entries()) {
    const { place, url, transport } = way.target
    const steps = new Steps(last === 0 ? '' : ` (${url})`)
    const early = transport === 'udp' && index < last ? `; ${udpFirst}` : ''
    yield steps.done('config', describeWire(way) + early)
    if (index === 0) yield hostnameStep(hostname, place)
    yield* checkWay(way.target, steps, signal, connect)
  }
}

async function* checkWay(
  target: Target,
  steps: Steps,
  signal: AbortSignal,
  connect: boolean,
): AsyncGenerator<CheckStep> {
  const { place, tls, transport, url } = target
  const isSecure = transport === 'tls' || transport === 'relps'
  let files: TlsFiles = {}
  if (isSecure) {
    yield await steps.run('certificates', async () => {
      files = await readTls(tls, `${place}.tls`)
      return describeTlsFiles(tls, `${place}.tls`)
    })
    if (steps.failed) return
  }
  if (!connect) return

  let addresses: LookupAddress[] = []
  yield await steps.run('dns', async () => {
    addresses = await resolve(target, signal)
    return `${target.host}: ${addresses.map(({ address }) => address).join(', ')}`
  })
  const [first] = addresses
  if (steps.failed || !first) return

  if (transport === 'udp') {
    yield await steps.run('udp', async () => {
      const socket = await connectUdp(target, first)
      socket.close()
      return `${url}: a socket is ready; UDP gives no answer, so a listener cannot be seen`
    })
    return
  }

  let socket: Socket | undefined
  yield await steps.run('tcp', async () => {
    socket = await connectTcp(target, addresses, signal)
    // A receiver of TLS says nothing either before it is spoken to, and nothing may be sent.
    const unproven = transport === 'tcp' ? `; ${plainUnproven}` : ''
    return `${url}: connected to ${socket.remoteAddress ?? 'the receiver'}${unproven}`
  })
  if (socket) yield* checkConnection(target, socket, files, steps, signal)
}

/** What follows on a TCP connection, which is ended. */
async function* checkConnection(
  target: Target,
  plain: Socket,
  files: TlsFiles,
  steps: Steps,
  signal: AbortSignal,
): AsyncGenerator<CheckStep> {
  const { tls, transport } = target
  let socket = plain
  try {
    if (transport === 'tls' || transport === 'relps') {
      yield await steps.run('tls', async () => {
        const secure = await connectTls(target, plain, files, signal)
        socket = secure
        const peer = describePeer(secure)
        if (tls.verify || tls.fingerprint !== null) return peer
        return { detail: `${peer.detail}; NOT verified`, warning: true }
      })
    }
    if (!steps.failed && (transport === 'relp' || transport === 'relps')) {
      yield await steps.run('relp', async () => {
        return `${await openRelp(target, socket, signal)} opened a session`
      })
    }
    if (!steps.failed) await endSocket(socket, signal)
  } finally {
    socket.destroy()
    plain.destroy()
  }
}

/** Makes steps with their milliseconds; `failed` when the last one did. */
class Steps {
  /** Behind each name. */
  readonly #suffix: string
  failed = false

  constructor(suffix: string) {
    this.#suffix = suffix
  }

  done(name: string, detail: string): CheckStep {
    return { name: name + this.#suffix, ok: true, detail, milliseconds: 0 }
  }

  async run(name: string, step: () => Promise<string | Seen>): Promise<CheckStep> {
    const start = performance.now()
    let what: Seen
    try {
      what = seen(await step())
    } catch (thrown) {
      this.failed = true
      what = { detail: asCefline(thrown).message }
    }
    const milliseconds = Math.round((performance.now() - start) * 10) / 10
    return { name: name + this.#suffix, ok: !this.failed, ...what, milliseconds }
  }
}

function describeWire({ target: { transport, url }, wire, payload }: Way): string {
  const own: Record<string, string> = { udp: 'one message a datagram', relp: 'RELP', relps: 'RELP' }
  const framing = own[transport] ?? wire.framing
  const size = `at most ${wire.maxBytes} bytes a message`
  return `${url}: ${wire.format}, ${framing}, ${size}${describePayload(payload)}`
}

/** A container's id changes with every restart, and a SIEM tells its senders apart by the name. */
function hostnameStep({ name, given }: { name: string; given: boolean }, place: string): CheckStep {
  const ok = given || !looksLikeContainerId(name)
  const cure = `looks like a container’s id, which changes at every start: set ${place}.hostname`
  return { name: 'hostname', ok, detail: ok ? name : `${name} ${cure}`, milliseconds: 0 }
}

function describePeer(socket: TLSSocket): Seen {
  const peer = peerCertificate(socket)
  if (!peer) return { detail: describeTls(socket) }
  const detail = `${describeTls(socket)}, ${expiry(peer)}`
  return { detail, ...(endsSoon(peer) && { warning: true }) }
}
