/**
 * The steps of `cefline check` for the Integration API: name, connection, certificate, login. The
 * last one imitates the first real step, one page of one record, and changes nothing, as the mark it
 * brings is thrown away.
 */
import { lookup } from 'node:dns/promises'
import { connect as connectPlain } from 'node:net'
import type { Socket } from 'node:net'
import { once } from 'node:events'
import type { TLSSocket } from 'node:tls'
import type { CheckStep } from '../core.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { ClientOptions, IntegrationApi } from './client.ts'
import { bareHost, connector, openSocket, portOf } from './connection.ts'
import { networkError } from './network-error.ts'
import { daysLeft, describeCertificate } from './trust.ts'

/** Steps up to the first that fails. `checkpoint` is where the first page would begin. */
export async function* checkApi(
  api: IntegrationApi,
  options: ClientOptions,
  checkpoint: Checkpoint,
  signal: AbortSignal,
): AsyncGenerator<CheckStep> {
  const { url, tls, place, username, proxy } = options
  // Through a proxy the name is the proxy's to find.
  const first = proxy?.url ?? url
  const steps: [name: string, work: () => Promise<string>][] = [
    ['dns', async () => addresses(first)],
    [
      'tcp',
      async () => `${await tcp(first, signal)}${proxy ? `: the proxy of ${proxy.from}` : ''}`,
    ],
  ]
  if (url.protocol === 'https:') {
    steps.push([
      'tls',
      async () => {
        const socket = (await openSocket(
          await connector(url, { tls, place, proxy, signal }),
          url,
        )) as TLSSocket
        const seen = describePeer(socket)
        socket.destroy()
        if (tls.verify || tls.fingerprint !== null) return seen
        return `${seen}; NOT verified, as tls.verify is false`
      },
    ])
  }
  steps.push([
    'authentication',
    async () => {
      const { records } = await api.page(checkpoint, 1, signal)
      const found =
        records.length > 0
          ? 'at least one record waits'
          : 'no record waits: if there should be some, look at the account’s role, as a Reviewer ' +
            'sees only a part'
      const { href } = api.address(checkpoint.mode)
      return `${username} is let in by ${href} (${api.login ?? 'without a login'}); ${found}`
    },
  ])
  for (const [name, work] of steps) {
    const step = await run(name, work, url)
    yield step
    if (!step.ok) return
  }
}

/** One step from what `work` saw or threw. */
export async function run(name: string, work: () => Promise<string>, url: URL): Promise<CheckStep> {
  const start = performance.now()
  try {
    const detail = await work()
    return { name, ok: true, detail, milliseconds: performance.now() - start }
  } catch (thrown) {
    const detail = networkError(thrown, url).message
    return { name, ok: false, detail, milliseconds: performance.now() - start }
  }
}

async function addresses(url: URL): Promise<string> {
  const found = await lookup(bareHost(url), { all: true })
  return found.map(({ address }) => address).join(', ')
}

async function tcp(url: URL, signal: AbortSignal): Promise<string> {
  const socket: Socket = connectPlain({ host: bareHost(url), port: Number(portOf(url)) })
  try {
    await once(socket, 'connect', { signal })
    return `${socket.remoteAddress}, port ${socket.remotePort}`
  } finally {
    socket.destroy()
  }
}

function describePeer(socket: TLSSocket): string {
  return `${socket.getProtocol()}, ${describeCertificate(socket)}, ${daysLeft(socket)} days left`
}
