/**
 * What lies between TLS and TCP, so that the two are closed one after the other.
 *
 * Node's TLS sends close_notify and, some time later, FIN. A peer on a short way answers the first
 * with its own FIN before ours is out, and our side of the connection then goes the way that it also
 * goes when the peer closed by itself, with everything unread: nothing tells the two apart. With
 * this layer close_notify is sent alone, and FIN when `half-close.ts` wants it. It costs a
 * call per write of about 128 KiB.
 */
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

type Done = (failure?: Error | null) => void

export class TlsLayer extends Duplex {
  readonly #socket: Socket

  constructor(socket: Socket) {
    super()
    this.#socket = socket
    socket.on('data', (data) => {
      if (!this.destroyed && !this.push(data)) socket.pause()
    })
    socket.on('end', () => this.push(null))
    socket.on('error', (failure) => this.destroy(failure))
    socket.on('close', () => this.destroy())
  }

  override _read(): void {
    this.#socket.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.#socket.write(chunk, done)
  }

  override _writev(writes: { chunk: Buffer }[], done: Done): void {
    this.#socket.cork()
    const last = writes.length - 1
    for (const [index, { chunk }] of writes.entries()) {
      if (index === last) this.#socket.write(chunk, done)
      else this.#socket.write(chunk)
    }
    this.#socket.uncork()
  }

  /** TLS has ended; TCP goes on. */
  override _final(done: Done): void {
    done()
  }

  /** TLS is done with; its peer's FIN is still to be seen. */
  override _destroy(failure: Error | null, done: Done): void {
    this.#socket.resume()
    done(failure)
  }
}
