/**
 * What Linux knows of one of our TCP connections, out of `/proc/self/net/tcp` and `tcp6`: its state,
 * how much the peer's kernel has not acknowledged yet, and whether it is being sent again. Node has
 * neither `TCP_INFO` nor `TCP_USER_TIMEOUT`; this is what a program may read instead. A connection
 * stays in the table after its socket is closed, until TCP is done with it.
 *
 * The table is read in pieces up to the one line that is asked for, and no line is made an object: on
 * a busy machine it has many thousands. It is no snapshot, so a line may be missed now and then:
 * whoever takes a line's absence for something asks more than once.
 */
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { isIPv4, isIPv6 } from 'node:net'
import type { Socket } from 'node:net'
import { endianness } from 'node:os'

/** Both ends of a connection, seen from here: addresses as `net.Socket` gives them. */
export interface TcpEnds {
  localAddress: string
  localPort: number
  remoteAddress: string
  remotePort: number
}

/** States by the kernel's numbers (`include/net/tcp_states.h`). */
const states: Record<number, TcpState> = {
  1: 'established',
  2: 'syn-sent',
  4: 'fin-wait-1',
  5: 'fin-wait-2',
  6: 'time-wait',
  8: 'close-wait',
  9: 'last-ack',
  11: 'closing',
}

export type TcpState =
  | 'established'
  | 'syn-sent'
  | 'fin-wait-1'
  | 'fin-wait-2'
  | 'time-wait'
  | 'close-wait'
  | 'last-ack'
  | 'closing'
  | 'other'

export interface TcpRow {
  state: TcpState
  /** Bytes that were given to the kernel, not all of them sent yet, and are not acknowledged. */
  unacknowledged: number
  /** Times in a row that the oldest of them was sent again without an answer. */
  retransmits: number
}

const pieceBytes = 64 * 1024
/** More than a line has. */
const lineBytes = 256

/** The ends of a socket that is connected; undefined when it is no more. */
export function endsOf(socket: Socket): TcpEnds | undefined {
  const { localAddress, localPort, remoteAddress, remotePort } = socket
  if (localAddress === undefined || localPort === undefined) return undefined
  if (remoteAddress === undefined || remotePort === undefined) return undefined
  return { localAddress, localPort, remoteAddress, remotePort }
}

/** The connection's line; undefined when there is none, and where there is no such table. Never
 * throws. */
export async function tcpRow(ends: TcpEnds): Promise<TcpRow | undefined> {
  const family = isIPv4(ends.localAddress) ? 'tcp' : 'tcp6'
  let file: FileHandle | undefined
  try {
    file = await open(`/proc/self/net/${family}`)
    return await find(file, Buffer.from(keyOf(ends), 'latin1'))
  } catch {
    return undefined
  } finally {
    await file?.close().catch(() => {})
  }
}

async function find(file: FileHandle, key: Buffer): Promise<TcpRow | undefined> {
  const buffer = Buffer.allocUnsafe(pieceBytes + lineBytes)
  for (let kept = 0; ;) {
    const { bytesRead } = await file.read(buffer, kept, pieceBytes, null)
    const piece = buffer.subarray(0, kept + bytesRead)
    const row = readRow(piece, key)
    if (row || bytesRead === 0) return row
    kept = Math.min(lineBytes, piece.length)
    piece.copy(buffer, 0, piece.length - kept)
  }
}

/** After the key: `01 00000A10:00000000 01:00000014 00000002 …`, that is state, bytes to be
 * acknowledged and to be read, a timer and when it fires, retransmits. Exported for its test. */
export function readRow(table: Buffer, key: Buffer): TcpRow | undefined {
  const found = table.indexOf(key)
  if (found === -1) return undefined
  const start = found + key.length
  const text = table.toString('latin1', start, start + 41)
  const fields = /^([0-9A-F]{2}) ([0-9A-F]{8}):[0-9A-F]{8} [0-9A-F]{2}:[0-9A-F]{8} ([0-9A-F]{8})/
  const [, state, unacknowledged, retransmits] = fields.exec(text) ?? []
  // Cut off at the piece's end: it is whole in the next one.
  if (state === undefined || unacknowledged === undefined || retransmits === undefined) return
  return {
    state: states[parseInt(state, 16)] ?? 'other',
    unacknowledged: parseInt(unacknowledged, 16),
    retransmits: parseInt(retransmits, 16),
  }
}

/** ` 0100007F:D3E4 0100007F:01BB `: how a line names both ends. Exported for its test. */
export function keyOf({ localAddress, localPort, remoteAddress, remotePort }: TcpEnds): string {
  const end = (address: string, port: number) =>
    `${hexAddress(address)}:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return ` ${end(localAddress, localPort)} ${end(remoteAddress, remotePort)} `
}

/** The kernel prints an address as words of four bytes, each in the machine's own byte order. */
function hexAddress(address: string): string {
  const bytes = bytesOf(address)
  if (endianness() === 'LE') bytes.swap32()
  return bytes.toString('hex').toUpperCase()
}

/** The address in network order: 4 bytes, or 16. */
function bytesOf(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number))
  // A link-local address may carry its interface: fe80::1%eth0.
  const [plain = ''] = address.split('%')
  if (!isIPv6(plain)) throw new TypeError(`${address} is no IP address`)
  const [head = '', tail = ''] = plain.split('::').map(groupsOf)
  const zeros = '0'.repeat(32 - head.length - tail.length)
  return Buffer.from(head + zeros + tail, 'hex')
}

/** Groups of an IPv6 address as hexadecimal digits; the last may be an IPv4 address. */
function groupsOf(text: string): string {
  if (text === '') return ''
  const groups = text.split(':').map((group) => {
    return isIPv4(group) ? bytesOf(group).toString('hex') : group.padStart(4, '0')
  })
  return groups.join('')
}
