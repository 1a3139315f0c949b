/**
 * RELP, the Reliable Event Logging Protocol (librelp’s doc/relp.md), as pure functions on bytes:
 *
 *     TXNR SP COMMAND SP DATALEN [SP DATA] LF
 *
 * The client sends `open`, `syslog` and `close`, numbered from 1; the server answers each, in their
 * order, by a `rsp` of the same number whose data begins with 200 or 500. Its hints have number 0.
 * What a server sends is read in whatever pieces it comes, and never kept beyond one frame: anything
 * that is no RELP is an error at its first wrong byte.
 */
import { error } from '../error.ts'
import { printable, shorten } from '../io/printable.ts'

/** Most bytes of a frame's data in RELP version 1, in both directions. */
export const largestData = 128 * 1024
/** The number after which counting begins again at 1. */
const lastTransaction = 999_999_999
/** Longest name of a command. */
const longestCommand = 32
/** Most digits of a number. */
const mostDigits = 9
/** Most bytes that a `syslog` frame has beside its data. */
export const frameOverhead = mostDigits + ' syslog '.length + mostDigits + ' \n'.length

const space = 32
const lineFeed = 10
const zero = 48
const syslogCommand = Buffer.from(' syslog ')
const rsp = Buffer.from('rsp')
const nothing = Buffer.alloc(0)

export type Command = 'open' | 'syslog' | 'close'

/** The number of the transaction after this one. */
export function nextTransaction(transaction: number): number {
  return transaction >= lastTransaction ? 1 : transaction + 1
}

/** A whole frame. */
export function frame(transaction: number, command: Command, data: Buffer = nothing): Buffer {
  const head = `${transaction} ${command} ${data.length}`
  if (data.length === 0) return Buffer.from(`${head}\n`)
  return Buffer.concat([Buffer.from(`${head} `), data, Buffer.from('\n')])
}

/** Writes a `syslog` frame up to its data, of which there must be some; returns where it ends. */
export function writeHead(out: Buffer, at: number, transaction: number, length: number): number {
  const command = writeNumber(out, at, transaction)
  const count = command + syslogCommand.copy(out, command)
  const end = writeNumber(out, count, length)
  out[end] = space
  return end + 1
}

/**
 * What `open` offers. Version 0 and 1 are the same on the wire; the specification calls 0
 * experimental, but it is what librelp, and with it nearly every server, speaks and expects.
 */
export const offers = Buffer.from('relp_version=0\nrelp_software=cefline\ncommands=syslog')

/** A frame that was read: its data is `bytes[start, end)`, good until the visit returns. */
export type VisitFrame = (
  transaction: number,
  command: string,
  bytes: Buffer,
  start: number,
  end: number,
) => void

/** Reads a server's frames, in pieces of any size. */
export class FrameReader {
  #part: 'transaction' | 'command' | 'length' | 'data' | 'end' = 'transaction'
  /** Of the number that is being read. */
  #digits = 0
  #transaction = 0
  #length = 0
  readonly #command = Buffer.alloc(longestCommand)
  #letters = 0
  /** Where the data is: in the piece that it came in, or gathered from several. */
  #data: Buffer = nothing
  #start = 0
  #gathered = 0

  /** Calls `visit` for each frame that is complete with this piece; throws `bad-answer` at what is
   * no RELP, and must not be called again then. */
  read(piece: Buffer, visit: VisitFrame): void {
    let frameStart = 0
    for (let at = 0; at < piece.length;) {
      if (this.#part === 'data') {
        at = this.#readData(piece, at)
        continue
      }
      const byte = piece[at] ?? 0
      at += 1
      if (byte === lineFeed && this.#isWhole()) {
        this.#visit(visit)
        frameStart = at
      } else if (!this.#readHead(byte)) {
        throw noRelp(piece, frameStart)
      }
    }
  }

  /** Takes the frame's next byte; false: it cannot be one. */
  #readHead(byte: number): boolean {
    switch (this.#part) {
      case 'transaction':
        if (isDigit(byte)) {
          this.#transaction = this.#transaction * 10 + byte - zero
          return (this.#digits += 1) <= mostDigits
        }
        return byte === space && this.#digits > 0 && this.#enter('command')
      case 'command':
        if (isLetter(byte) && this.#letters < longestCommand) {
          this.#command[this.#letters] = byte
          this.#letters += 1
          return true
        }
        return byte === space && this.#letters > 0 && this.#enter('length')
      case 'length':
        if (isDigit(byte)) {
          this.#length = this.#length * 10 + byte - zero
          return (this.#digits += 1) <= mostDigits && this.#length <= largestData
        }
        // A space after a length of 0 is against the grammar and harmless.
        return (
          byte === space && this.#digits > 0 && this.#enter(this.#length === 0 ? 'end' : 'data')
        )
      default:
        return false
    }
  }

  /** Without data the line feed comes right after the length. */
  #isWhole(): boolean {
    return this.#part === 'end' || (this.#part === 'length' && this.#digits > 0 && !this.#length)
  }

  #enter(part: 'command' | 'length' | 'data' | 'end'): true {
    this.#part = part
    this.#digits = 0
    return true
  }

  /** Data that lies in one piece stays there; otherwise it is gathered, in room for just this much. */
  #readData(piece: Buffer, at: number): number {
    const missing = this.#length - this.#gathered
    const here = Math.min(missing, piece.length - at)
    if (here === this.#length) {
      this.#data = piece
      this.#start = at
    } else {
      if (this.#gathered === 0) this.#data = Buffer.allocUnsafe(this.#length)
      piece.copy(this.#data, this.#gathered, at, at + here)
      this.#start = 0
    }
    this.#gathered += here
    if (here === missing) this.#enter('end')
    return at + here
  }

  #visit(visit: VisitFrame): void {
    const [first, second, third] = rsp
    const command = this.#command
    const isAnswer =
      this.#letters === rsp.length &&
      command[0] === first &&
      command[1] === second &&
      command[2] === third
    const name = isAnswer ? 'rsp' : command.toString('latin1', 0, this.#letters)
    const transaction = this.#transaction
    const data = this.#data
    const start = this.#start
    const end = start + this.#length
    this.#part = 'transaction'
    this.#transaction = this.#digits = this.#letters = this.#length = 0
    this.#data = nothing
    this.#start = this.#gathered = 0
    visit(transaction, name, data, start, end)
  }
}

/** The status that an answer’s data begins with, such as 200; 0: it has none. */
export function statusOf(bytes: Buffer, start: number, end: number): number {
  if (end - start < 3) return 0
  let status = 0
  for (let at = start; at < start + 3; at += 1) {
    const byte = bytes[at] ?? 0
    if (!isDigit(byte)) return 0
    status = status * 10 + byte - zero
  }
  const after = bytes[start + 3]
  return end === start + 3 || after === space || after === lineFeed ? status : 0
}

/** The first line of an answer’s data, with its status, fit to be shown. */
export function textOf(bytes: Buffer, start: number, end: number): string {
  const [line = ''] = bytes.toString('utf8', start, Math.min(end, start + 1000)).split('\n', 1)
  return shorten(printable(line), 200)
}

/** The offers in an answer to `open`, one a line after the first: each name with its values. */
export function readOffers(bytes: Buffer, start: number, end: number): Map<string, string[]> {
  const [, ...lines] = bytes.toString('utf8', start, end).split('\n')
  return new Map(
    lines.map((line) => {
      const [name = '', ...values] = line.split(/[=,]/)
      return [name.trim(), values.map((value) => printable(value.trim()))]
    }),
  )
}

function noRelp(piece: Buffer, start: number): Error {
  const seen = printable(piece.toString('latin1', start, start + 40))
  return error('bad-answer', `sent “${seen}”, which is no RELP`)
}

function writeNumber(out: Buffer, at: number, number: number): number {
  let digits = 1
  for (let limit = 10; number >= limit; limit *= 10) digits += 1
  for (let place = at + digits - 1, rest = number; place >= at; place -= 1) {
    out[place] = zero + (rest % 10)
    rest = Math.floor(rest / 10)
  }
  return at + digits
}

function isDigit(byte: number): boolean {
  return byte >= zero && byte <= zero + 9
}

function isLetter(byte: number): boolean {
  const lower = byte | 0x20
  return lower >= 97 && lower <= 122
}
