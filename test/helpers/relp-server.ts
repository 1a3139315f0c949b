/**
 * A RELP server for tests, of a reading of the protocol of its own: it keeps the messages it
 * answers, checks number and framing of all it gets, and answers as it is told.
 */
import type { Socket } from 'node:net'
import { startSink } from './sink.ts'
import type { Sink } from './sink.ts'

export interface Received {
  transaction: number
  command: string
  data: string
}

/** One connection, as the test's server sees it. */
export interface Peer {
  socket: Socket
  /** Frames received on this connection. */
  frames: Received[]
  /** Answers with this data; a hint or something wrong goes through `socket`. */
  answer(transaction: number, data: string): void
  /** Answers it in good order, and keeps a message. */
  accept(frame: Received): void
}

export interface RelpServer {
  port: number
  sink: Sink
  /** Messages that were answered with 200, over all connections. */
  messages: string[]
  peers: Peer[]
  /** Most messages seen without an answer. */
  readonly mostOpen: number
  /** Resolves when so many messages are answered. */
  until(count: number): Promise<void>
}

interface Stoppable {
  teardown(end: () => Promise<void>): void
}

const openAnswer = '200 OK\nrelp_version=0\nrelp_software=test,1.0,http://test\ncommands=syslog'

/** `onFrame` decides what becomes of each frame; without it all are accepted. */
export async function startRelpServer(
  t: Stoppable,
  onFrame: (frame: Received, peer: Peer) => void = (frame, peer) => peer.accept(frame),
): Promise<RelpServer> {
  const messages: string[] = []
  const peers: Peer[] = []
  let mostOpen = 0
  let check = () => {}
  const onSocket = (socket: Socket): void => {
    let answered = 0
    let rest = ''
    const answer = (transaction: number, data: string): void => {
      answered += 1
      const length = Buffer.byteLength(data)
      if (socket.writable) {
        socket.write(
          length > 0 ? `${transaction} rsp ${length} ${data}\n` : `${transaction} rsp 0\n`,
        )
      }
    }
    const accept = ({ command, data, transaction }: Received): void => {
      if (command === 'close') {
        answer(transaction, '')
        socket.end('0 serverclose 0\n')
      } else if (command === 'open') answer(transaction, openAnswer)
      else {
        messages.push(data)
        answer(transaction, '200 OK')
        check()
      }
    }
    const peer: Peer = { socket, frames: [], answer, accept }
    peers.push(peer)
    socket.on('data', (bytes: Buffer) => {
      rest += bytes.toString('latin1')
      for (;;) {
        const head = /^(\d{1,9}) ([a-z]{1,32}) (\d{1,9})( |\n)/.exec(rest)
        if (!head) break
        const [all, transaction, command = '', digits, gap] = head
        const length = gap === '\n' ? -1 : Number(digits)
        const end = all.length + length
        if (rest.length <= end) break
        if (length >= 0 && rest[end] !== '\n') throw new Error(`no LF after ${all}`)
        const data = Buffer.from(
          rest.slice(all.length, Math.max(end, all.length)),
          'latin1',
        ).toString()
        rest = rest.slice(end + 1)
        const frame = { transaction: Number(transaction), command, data }
        peer.frames.push(frame)
        if (frame.transaction !== peer.frames.length) throw new Error(`number of ${all}`)
        mostOpen = Math.max(mostOpen, peer.frames.length - answered)
        onFrame(frame, peer)
      }
    })
  }
  const sink = await startSink(t, { onSocket })
  return {
    port: sink.port,
    sink,
    messages,
    peers,
    get mostOpen() {
      return mostOpen
    },
    until: async (count) => {
      if (messages.length >= count) return
      await new Promise<void>((resolve) => {
        check = () => {
          if (messages.length >= count) resolve()
        }
      })
    },
  }
}
