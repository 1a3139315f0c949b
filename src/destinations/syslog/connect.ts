/**
 * The way to a syslog receiver in steps: name look-up, TCP, TLS. `deliver` and `check` go the same
 * one. Every step ends by `timeout` or the signal, and leaves no socket behind when it fails.
 */
import { lookup } from 'node:dns/promises'
import type { LookupAddress } from 'node:dns'
import { connect as connectSocket, isIP } from 'node:net'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { checkServerIdentity, connect as connectSecure } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import { error } from '../../error.ts'
import { printable } from '../../io/printable.ts'
import { checkFingerprint, peerCertificate } from '../../io/tls.ts'
import type { TlsFiles } from '../../io/tls.ts'
import { watchUntrusted } from '../../io/tls-untrusted.ts'
import { explain } from './failure.ts'
import type { Stage } from './failure.ts'
import type { Target } from './target.ts'

/** Peers are probed when idle for this long, so that one that vanished is noticed. */
const keepAliveDelay = 30_000
/** How long to listen for a late alert after a TLS 1.3 handshake: within these, by round trips. */
const lateAlert = { atLeast: 200, atMost: 2000, roundTrips: 4 }

/** All addresses of the target's host, as the system's resolver orders them. */
export async function resolve(target: Target, signal: AbortSignal): Promise<LookupAddress[]> {
  const family = isIP(target.host)
  if (family !== 0) return [{ address: target.host, family }]
  return within(target, 'connecting', signal, () => {
    return { done: lookup(target.host, { all: true }), stop: () => {} }
  })
}

/** A TCP connection to one of the addresses; several are tried one after the other. */
export async function connectTcp(
  target: Target,
  addresses: LookupAddress[],
  signal: AbortSignal,
): Promise<Socket> {
  return within(target, 'connecting', signal, () => {
    const socket = connectSocket({
      host: target.host,
      port: target.port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: keepAliveDelay,
      autoSelectFamily: addresses.length > 1,
      autoSelectFamilyAttemptTimeout: Math.max(250, Math.floor(target.timeout / 4)),
      // The answer that was already looked up, so that a check's steps are those of delivery.
      lookup: (_name, options, answer) => {
        const [first] = addresses
        if (options.all === true) answer(null, addresses)
        else answer(null, first?.address ?? '', first?.family)
      },
    })
    const done = opened(socket, 'connect').then((open) => {
      if (!isItself(open)) return open
      throw Object.assign(new Error('connected to itself'), { code: 'ECONNREFUSED' })
    })
    return { done, stop: () => socket.destroy() }
  })
}

/** Where nothing listens on a port of the range that this machine's own connections begin from, one
 * can be given that very port: TCP then connects it to itself, and it would answer its own half-close. */
export function isItself({ localAddress, localPort, remoteAddress, remotePort }: Socket): boolean {
  return localPort === remotePort && localAddress === remoteAddress
}

/**
 * TLS over a connection that stands: certificate chain and name checked, or the pinned fingerprint
 * in their place. Resolves when the handshake is known to have succeeded on both sides: with TLS
 * 1.3 a server refuses a client certificate only after ours is over, and what was written until
 * then would be lost (RFC 8446 section 4.4.2.4).
 */
export async function connectTls(
  target: Target,
  socket: Duplex,
  files: TlsFiles,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const { fingerprint, minVersion, servername, verify } = target.tls
  const name = servername ?? target.host
  return within(target, 'handshake', signal, () => {
    const secure = connectSecure({
      socket,
      ...files,
      minVersion,
      // An address is never sent as a name (RFC 6066 section 3); it is checked all the same.
      servername: isIP(name) === 0 ? name : '',
      checkServerIdentity: (_name, certificate) => checkServerIdentity(name, certificate),
      rejectUnauthorized: verify && fingerprint === null,
    })
    const untrusted = watchUntrusted(secure, files.ca)
    const started = performance.now()
    const done = opened(secure, 'secureConnect').then(async () => {
      if (fingerprint !== null) {
        const wrong = checkFingerprint(secure, fingerprint)
        if (wrong) throw error('tls', `${target.url}: ${wrong.message}`, { cause: wrong })
      }
      if (secure.getProtocol() === 'TLSv1.3') await accepted(secure, performance.now() - started)
      else await turn()
      return secure
    })
    const explained = done.catch((thrown: unknown) => {
      throw explain(thrown, target, 'handshake', untrusted())
    })
    return { done: explained, stop: () => secure.destroy() }
  })
}

/** What the connection is, for `connected`: `TLSv1.3 TLS_AES_256_GCM_SHA384, siem.example.com`. */
export function describeTls(socket: TLSSocket): string {
  const peer = peerCertificate(socket)
  const name = /(?:^|\n)CN=([^\n]*)/.exec(peer?.subject ?? '')?.[1] ?? peer?.subjectAltName
  return `${socket.getProtocol() ?? 'TLS'} ${socket.getCipher().name}, ${printable(name ?? 'no certificate')}`
}

/** Waits out the time in which a server may still refuse; its session ticket says that it did not. */
async function accepted(secure: TLSSocket, handshake: number): Promise<void> {
  const { atLeast, atMost, roundTrips } = lateAlert
  const wait = Math.min(atMost, Math.max(atLeast, handshake * roundTrips))
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(finishWell, wait)
    const closed = () => finish(Object.assign(new Error('closed'), { code: '' }))
    secure
      .once('session', finishWell)
      .once('error', finish)
      .once('end', closed)
      .once('close', closed)
    // Alerts are seen only by those who read.
    secure.resume()
    // 'session' comes from inside OpenSSL's reading. A write in the same turn, be it in a promise's
    // continuation, breaks the record layer: the server sees a bad MAC and gets nothing.
    function finishWell(): void {
      setImmediate(finish)
    }
    function finish(failure?: Error): void {
      clearTimeout(timer)
      secure.off('session', finishWell).off('error', finish).off('end', closed).off('close', closed)
      if (failure) reject(failure)
      else resolve()
    }
  })
}

/** Resolves at the event, rejects at an error or a close before it. */
async function opened<S extends Socket>(socket: S, event: 'connect' | 'secureConnect'): Promise<S> {
  // An error between two owners must not end the process; the next owner finds `errored`.
  socket.on('error', () => {})
  await new Promise<void>((resolve, reject) => {
    const closed = () => reject(Object.assign(new Error('closed'), { code: '' }))
    socket.once('error', reject).once('close', closed)
    socket.once(event, () => {
      socket.off('error', reject).off('close', closed)
      resolve()
    })
  })
  return socket
}

/** Runs one step; on timeout, abort or failure it is stopped and the reason thrown, explained. */
async function within<T>(
  target: Target,
  stage: Stage,
  signal: AbortSignal,
  begin: () => { done: Promise<T>; stop: () => void },
): Promise<T> {
  signal.throwIfAborted()
  const { done, stop } = begin()
  let timer: NodeJS.Timeout | undefined
  let aborted = () => {}
  const ended = new Promise<never>((_resolve, reject) => {
    aborted = () => reject(signal.reason as Error)
    signal.addEventListener('abort', aborted, { once: true })
    timer = setTimeout(() => {
      reject(Object.assign(new Error(`no answer in ${target.timeout} ms`), { code: 'ETIMEDOUT' }))
    }, target.timeout)
  })
  try {
    return await Promise.race([done, ended])
  } catch (thrown) {
    done.catch(() => {})
    stop()
    if (signal.aborted) throw thrown
    throw explain(thrown, target, stage)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', aborted)
  }
}
