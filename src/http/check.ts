/**
 * The steps of `cefline check` on the way to an HTTP API: name, connection, certificate. Through a
 * proxy the name and the connection are the proxy's.
 */
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { connect as connectPlain } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { CheckStep } from '../core.ts'
import { bareHost, portOf } from './address.ts'
import { connector, openSocket } from './connection.ts'
import type { Way } from './connection.ts'
import { seen } from '../io/check-step.ts'
import type { Seen } from '../io/check-step.ts'
import { networkError } from './network-error.ts'
import type { Peer } from './peer.ts'
import { soon } from '../io/tls-description.ts'
import { daysLeft, describeCertificate } from './trust.ts'

/** Steps up to the first that fails. */
export async function* checkWay(
  url: URL,
  way: Way,
  signal: AbortSignal,
): AsyncGenerator<CheckStep> {
  const { proxy, peer } = way
  // Through a proxy the name is the proxy's to find.
  const first = proxy?.url ?? url
  const through = proxy ? `: the proxy of ${proxy.from}` : ''
  const steps: [name: string, work: () => Promise<string | Seen>][] = [
    ['dns', () => addresses(first)],
    ['tcp', async () => `${await tcp(first, signal)}${through}`],
  ]
  if (url.protocol === 'https:') steps.push(['tls', () => certificate(url, { ...way, signal })])
  for (const [name, work] of steps) {
    const step = await run(name, work, url, peer)
    yield step
    if (!step.ok) return
  }
}

/** One step from what `work` saw or threw. */
export async function run(
  name: string,
  work: () => Promise<string | Seen>,
  url: URL,
  peer: Peer,
): Promise<CheckStep> {
  const start = performance.now()
  try {
    const what = seen(await work())
    return { name, ok: true, ...what, milliseconds: performance.now() - start }
  } catch (thrown) {
    const detail = networkError(thrown, url, peer).message
    return { name, ok: false, detail, milliseconds: performance.now() - start }
  }
}

async function addresses(url: URL): Promise<string> {
  const found = await lookup(bareHost(url), { all: true })
  return found.map(({ address }) => address).join(', ')
}

async function tcp(url: URL, signal: AbortSignal): Promise<string> {
  const socket = connectPlain({ host: bareHost(url), port: Number(portOf(url)) })
  try {
    await once(socket, 'connect', { signal })
    return `${socket.remoteAddress}, port ${socket.remotePort}`
  } finally {
    socket.destroy()
  }
}

async function certificate(url: URL, way: Way): Promise<Seen> {
  const socket = (await openSocket(await connector(url, way), url)) as TLSSocket
  const days = daysLeft(socket)
  const detail = `${socket.getProtocol()}, ${describeCertificate(socket)}, ${days} days left`
  socket.destroy()
  if (way.tls.verify || way.tls.fingerprint !== null) {
    return { detail, ...(days !== undefined && days < soon && { warning: true }) }
  }
  return { detail: `${detail}; NOT verified, as tls.verify is false`, warning: true }
}
