/**
 * The steps of `connect.ts` up to a connection that can be written to.
 */
import { certificatesOn } from '../../io/tls-certificates.ts'
import { connectTcp, connectTls, describeTls, resolve } from './connect.ts'
import { Connection } from './connection.ts'
import type { Target } from './target.ts'
import { TlsLayer } from './tls-layer.ts'

/** Connects as the target is configured now: its name is looked up, its certificates are read. */
export async function openConnection(target: Target, signal: AbortSignal): Promise<Connection> {
  const { transport, url } = target
  const files = transport === 'tls' ? await target.files() : {}
  const addresses = await resolve(target, signal)
  const started = performance.now()
  const plain = await connectTcp(target, addresses, signal)
  const roundTrip = performance.now() - started
  // The peer's FIN must not bring about ours, which would blur what came first.
  plain.allowHalfOpen = true
  const address = `${url} (${plain.remoteAddress ?? 'unknown address'})`
  if (transport === 'tcp') return new Connection(target, plain, { detail: address, roundTrip })
  try {
    const secure = await connectTls(target, new TlsLayer(plain), files, signal)
    const detail = `${address} ${describeTls(secure)}`
    const certificates = certificatesOn(secure, files)
    return new Connection(target, plain, { detail, roundTrip, secure, certificates })
  } catch (thrown) {
    plain.destroy()
    throw thrown
  }
}
