/**
 * How a socket to an HTTP API is made, for requests and for `check` alike: plain, or TLS with
 * its certificate judged before the first byte; directly, or through a proxy.
 *
 * No TLS session is resumed, as a resumed one may show no certificate to compare with a pin.
 */
import { isIP } from 'node:net'
import type { Socket } from 'node:net'
import { checkServerIdentity } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import { buildConnector } from 'undici'
import type { Certificate } from '../core.ts'
import { readTls } from '../io/tls.ts'
import type { TlsOptions } from '../io/tls.ts'
import { certificatesOn } from '../io/tls-certificates.ts'
import { bareHost, portOf } from './address.ts'
import type { Peer } from './peer.ts'
import type { Proxy } from './proxy.ts'
import { distrust } from './trust.ts'
import { asSocket, openTunnel, proxyFailure } from './tunnel.ts'

/** ms for a connection with its handshake: a machine that is there answers in seconds. */
export const connectTimeout = 30_000

export type Connect = buildConnector.connector

export interface Way {
  tls: TlsOptions
  /** The source's path in the configuration. */
  place: string
  peer: Peer
  proxy?: Proxy | undefined
  /** Hears what each TLS connection that is trusted rests on. */
  connected?: ((certificates: readonly Certificate[]) => void) | undefined
  /** Ends what the proxy has not answered yet. */
  signal?: AbortSignal
}

/** Reads the files of `tls` now. */
export async function connector(
  url: URL,
  { tls, place, peer, proxy, connected, signal }: Way,
): Promise<Connect> {
  if (url.protocol !== 'https:') return proxy ? toProxy(proxy) : buildConnector(plain)
  const connect = await secure(url, { tls, place, peer, connected })
  if (!proxy) return connect
  const authority = `${url.hostname}:${portOf(url)}`
  return (options, callback) => {
    openTunnel(proxy, authority, signal).then(
      (tunnel) => {
        // A certificate that OpenSSL does not like is thrown, and nobody above would catch it.
        try {
          connect({ ...options, httpSocket: asSocket(tunnel) }, callback)
        } catch (thrown) {
          tunnel.destroy()
          callback(thrown as Error, null)
        }
      },
      (thrown: Error) => callback(thrown, null),
    )
  }
}

const plain = { timeout: connectTimeout }

/** For requests in absolute form. */
function toProxy(proxy: Proxy): Connect {
  const connect = buildConnector(plain)
  return (options, callback) => {
    connect(options, (...[failure, socket]) => {
      if (failure) callback(proxyFailure(proxy, failure), null)
      else callback(null, socket)
    })
  }
}

async function secure(url: URL, { tls, place, peer, connected }: Way): Promise<Connect> {
  const { servername } = tls
  const files = await readTls(tls, `${place}.tls`)
  const connect = buildConnector({
    ...files,
    ...plain,
    minVersion: tls.minVersion,
    maxCachedSessions: 0,
    // An address is no server name indication (RFC 6066), but it may stand in a certificate.
    ...(servername !== null && isIP(servername) === 0 ? { servername } : {}),
    checkServerIdentity: (host, certificate) =>
      checkServerIdentity(servername ?? host, certificate),
    // The verdict is read from `socket.authorized`, in `distrust`.
    rejectUnauthorized: false,
  })
  return (options, callback) => {
    connect(options, (...[failure, socket]) => {
      if (failure) return callback(failure, null)
      const problem = distrust(socket as TLSSocket, tls, files.ca, url.origin, peer.server)
      if (problem) {
        socket.destroy()
        return callback(problem, null)
      }
      connected?.(certificatesOn(socket as TLSSocket, files))
      callback(null, socket)
    })
  }
}

/** One socket, for `check`: it is the caller's to destroy. */
export function openSocket(connect: Connect, url: URL): Promise<Socket | TLSSocket> {
  const { protocol, host } = url
  const hostname = bareHost(url)
  return new Promise((resolve, reject) => {
    connect({ protocol, host, hostname, port: portOf(url) }, (...[failure, socket]) => {
      if (failure) reject(failure)
      else resolve(socket)
    })
  })
}
