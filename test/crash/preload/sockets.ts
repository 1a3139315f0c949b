/**
 * What happens on the connections to the receiver: on the TCP socket, which has its port (those to the
 * API have another), and for the closing also on the TLS over it, which is not on a handle and has no
 * port at all. `net.Socket` is the prototype of both.
 */
import { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { wrap } from './wrap.ts'

type Write = (this: Socket, ...given: unknown[]) => boolean
type End = (this: Socket, ...given: unknown[]) => Socket

export interface SocketVisitor {
  /** How often the next bytes are to be sent: 0 and the caller will believe that they were. */
  times?(): number
  sending?(): void
  sent?(): void
  /** Our side is being closed: FIN, or close_notify. */
  halfClosed?(): void
  /** The peer's FIN or close_notify was read after that. */
  answered?(): void
}

export function watchSockets(port: number, visitor: SocketVisitor): void {
  const ended = new WeakSet<Socket>()
  wrap<'write', Write>(Socket.prototype, 'write', (original) => {
    return function write(...given) {
      const done = given.findLast((one) => typeof one === 'function') as
        ((failure?: Error | null) => void) | undefined
      if (this.remotePort !== port || !done) return original.apply(this, given)
      const times = visitor.times?.() ?? 1
      if (times === 0) {
        setImmediate(() => done())
        return true
      }
      const rest = given.filter((one) => one !== done)
      if (times === 2) original.apply(this, rest)
      const taken = original.call(this, ...rest, (failure?: Error | null) => {
        if (!failure) visitor.sent?.()
        done(failure)
      })
      visitor.sending?.()
      return taken
    }
  })
  wrap<'end', End>(Socket.prototype, 'end', (original) => {
    return function end(...given) {
      const isSecure = this instanceof TLSSocket && this.remotePort === undefined
      const isOurs = (isSecure || this.remotePort === port) && !ended.has(this)
      if (isOurs) {
        ended.add(this)
        this.prependOnceListener('end', () => visitor.answered?.())
      }
      const result = original.apply(this, given)
      // What `end` begins is with the kernel a turn later.
      if (isOurs) setImmediate(() => visitor.halfClosed?.())
      return result
    }
  })
}
