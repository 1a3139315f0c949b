/**
 * One connection to our own receiver: reads as it is told to, stores whole messages, answers the
 * half-close.
 */
import { Socket } from 'node:net'
import type { Behave } from './behaviour.ts'
import { Frames } from './frames.ts'

/** ms from one read to the next when slow, and the bytes of one. */
const slowly = { every: 20, bytes: 700 }
/** ms that a late answer takes. */
const late = 1200

export class Connection {
  readonly raw: Socket
  readonly #frames: Frames
  #socket: Socket | undefined
  #told: Behave = { kind: 'good', bytes: 0 }
  /** Bytes until it happens. */
  #left = Infinity
  #timer: NodeJS.Timeout | undefined
  #ended = false
  /** Nothing more is read, whatever comes. */
  #isGone = false

  constructor(raw: Socket, store: (lines: string) => void) {
    this.raw = raw
    this.#frames = new Frames(store)
    raw.on('error', () => raw.destroy())
    raw.on('close', () => clearInterval(this.#timer))
  }

  /** Begins to read: from the socket itself, or from the TLS one over it. */
  read(socket: Socket): void {
    if (socket === this.raw && this.#told.kind === 'one-byte') socket = byBytes(socket)
    this.#socket = socket
    socket.on('error', () => this.raw.destroy())
    socket.on('close', () => this.raw.destroy())
    socket.on('end', () => {
      this.#ended = true
      this.#answer()
    })
    socket.on('data', (data: Buffer) => this.#take(data))
    this.#pace()
  }

  behave(told: Behave): void {
    this.#told = told
    const once = ['reset', 'close', 'fin-first', 'half-close'].includes(told.kind)
    this.#left = once ? told.bytes : Infinity
    if (this.#socket) this.#pace()
    if (this.#ended) this.#answer()
  }

  #pace(): void {
    clearInterval(this.#timer)
    const socket = this.#socket
    if (!socket) return
    if (this.#told.kind !== 'slow') {
      socket.resume()
      return
    }
    socket.pause()
    this.#timer = setInterval(() => {
      const data = socket.read(Math.min(slowly.bytes, socket.readableLength)) as Buffer | null
      // `read` hands it to the listener of 'data' as well.
      if (!data) socket.read(0)
    }, slowly.every)
  }

  #take(data: Buffer): void {
    // Over TLS what was decrypted before still comes: with a gap before it.
    if (this.#isGone) return
    if (data.length < this.#left) {
      this.#left -= data.length
      this.#frames.add(data)
      return
    }
    this.#frames.add(data.subarray(0, this.#left))
    const rest = data.subarray(this.#left)
    this.#left = Infinity
    this.#misbehave(rest)
  }

  #misbehave(rest: Buffer): void {
    const socket = this.#socket ?? this.raw
    switch (this.#told.kind) {
      case 'reset':
        this.#isGone = true
        this.raw.resetAndDestroy()
        break
      case 'close':
        this.#isGone = true
        this.raw.destroy()
        break
      case 'fin-first':
        this.#isGone = true
        socket.pause()
        socket.end()
        setTimeout(() => this.raw.destroy(), 100)
        break
      case 'half-close':
        this.#frames.add(rest)
        socket.end()
        break
      default:
        this.#frames.add(rest)
    }
  }

  #answer(): void {
    const socket = this.#socket ?? this.raw
    if (this.#told.kind === 'silent') return
    if (this.#told.kind === 'late') setTimeout(() => socket.end(), late)
    else socket.end()
  }
}

/** The same connection on a handle that is read into a buffer of one byte. */
function byBytes(socket: Socket): Socket {
  const { _handle: handle } = socket as unknown as { _handle: object }
  const made: Socket = new Socket({
    handle,
    allowHalfOpen: true,
    onread: {
      buffer: Buffer.alloc(1),
      callback: (_length: number, buffer: Buffer) => made.emit('data', Buffer.from(buffer)),
    },
  } as object)
  return made
}
