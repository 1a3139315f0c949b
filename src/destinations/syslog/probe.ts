/**
 * Whether a syslog receiver answers: the way of `deliver` up to the handshake, and for RELP its
 * `open`. No event is sent, and the connection is ended in good order, so that a receiver has nothing
 * to complain of in its log. Where one has answered half-closes, it must answer that of the empty
 * connection too, as a program that hangs is connected to all the same. Of UDP no more can be known than that the name has an address.
 */
import type { Socket } from 'node:net'
import { answersOf } from './answers.ts'
import { connectTcp, connectTls, resolve } from './connect.ts'
import { explain } from './failure.ts'
import { knock } from './knock.ts'
import { Session } from './relp-session.ts'
import type { Target } from './target.ts'
import { connectUdp } from './udp.ts'
import { until } from './until.ts'

/** ms that the receiver has to answer our closing. */
const closing = 1000

/** Resolves when the receiver answers; throws why it does not. Leaves no socket behind. */
export async function probe(target: Target, signal: AbortSignal): Promise<void> {
  const { transport } = target
  if (answersOf(target).hasAnswered) return knock(target, signal)
  const isSecure = transport === 'tls' || transport === 'relps'
  const files = isSecure ? await target.files() : {}
  const addresses = await resolve(target, signal)
  const [first] = addresses
  if (!first) throw explain({ code: 'ENODATA' }, target, 'connecting')
  if (transport === 'udp') {
    const socket = await connectUdp(target, first)
    socket.close()
    return
  }
  const plain = await connectTcp(target, addresses, signal)
  const socket = isSecure ? await connectTls(target, plain, files, signal) : plain
  if (transport === 'relp' || transport === 'relps') await openRelp(target, socket, signal)
  else await endSocket(socket, signal)
}

/** Opens a RELP session and closes it and its connection; resolves to the server's name for itself. */
export async function openRelp(
  target: Target,
  socket: Socket,
  signal: AbortSignal,
): Promise<string> {
  const session = new Session(target, socket)
  try {
    const software = await until(session.open(), signal)
    await until(session.close(), signal)
    return software
  } finally {
    session.destroy()
  }
}

/** Ends the connection in good order, for at most a second. */
export async function endSocket(socket: Socket, signal: AbortSignal): Promise<void> {
  const timer = setTimeout(() => socket.destroy(), closing)
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve())
    if (socket.closed) resolve()
  })
  // Who does not read never comes to the end.
  socket.resume()
  socket.end()
  await until(closed, signal).catch(() => {})
  clearTimeout(timer)
  socket.destroy()
}
