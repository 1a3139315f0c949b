/**
 * `cefline check` for a syslog destination: the way of `deliver` step by step, up to the handshake.
 * Nothing is sent. A step that fails is the last one.
 */
import type { LookupAddress } from 'node:dns'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { CheckStep } from '../core.ts'
import { asCefline } from '../error.ts'
import { describeTlsFiles, expiry } from '../io/tls-description.ts'
import { peerCertificate, readTls } from '../io/tls.ts'
import type { TlsFiles } from '../io/tls.ts'
import { looksLikeContainerId } from '../syslog/message.ts'
import type { Wire } from '../syslog/receivers.ts'
import { connectTcp, connectTls, describeTls, resolve } from './syslog-connect.ts'
import type { Target } from './syslog-target.ts'
import { connectUdp } from './syslog-udp.ts'

export async function* checkSyslog(
  target: Target,
  wire: Wire,
  hostname: { name: string; given: boolean },
  signal: AbortSignal,
  connect: boolean,
): AsyncGenerator<CheckStep> {
  const { place, tls, transport, url } = target
  const steps = new Steps()
  yield steps.done('config', describeWire(target, wire))
  yield steps.result('hostname', () => checkHostname(hostname, place))

  let files: TlsFiles = {}
  if (transport === 'tls' || transport === 'relps') {
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
    return `${url}: connected to ${socket.remoteAddress ?? 'the receiver'}`
  })
  if (!socket) return
  if (transport === 'tls' || transport === 'relps') {
    const plain = socket
    yield await steps.run('tls', async () => {
      const secure = await connectTls(target, plain, files, signal)
      const seen = describePeer(secure)
      secure.end()
      return tls.verify || tls.fingerprint !== null ? seen : `${seen}; NOT verified`
    })
  }
  socket.destroy()
}

/** Makes steps with their milliseconds; `failed` when the last one did. */
class Steps {
  failed = false

  done(name: string, detail: string): CheckStep {
    return { name, ok: true, detail, milliseconds: 0 }
  }

  result(name: string, look: () => { ok: boolean; detail: string }): CheckStep {
    return { name, ...look(), milliseconds: 0 }
  }

  async run(name: string, step: () => Promise<string>): Promise<CheckStep> {
    const start = performance.now()
    let detail: string
    try {
      detail = await step()
    } catch (thrown) {
      this.failed = true
      detail = asCefline(thrown).message
    }
    const milliseconds = Math.round((performance.now() - start) * 10) / 10
    return { name, ok: !this.failed, detail, milliseconds }
  }
}

function describeWire({ transport, url }: Target, wire: Wire): string {
  const own: Record<string, string> = { udp: 'one message a datagram', relp: 'RELP', relps: 'RELP' }
  const framing = own[transport] ?? wire.framing
  return `${url}: ${wire.format}, ${framing}, at most ${wire.maxBytes} bytes a message`
}

/** A container's id changes with every restart, and a SIEM tells its senders apart by the name. */
function checkHostname(
  { name, given }: { name: string; given: boolean },
  place: string,
): { ok: boolean; detail: string } {
  if (given || !looksLikeContainerId(name)) return { ok: true, detail: name }
  return {
    ok: false,
    detail: `${name} looks like a container’s id, which changes at every start: set ${place}.hostname`,
  }
}

function describePeer(socket: TLSSocket): string {
  const peer = peerCertificate(socket)
  return peer ? `${describeTls(socket)}, ${expiry(peer)}` : describeTls(socket)
}
