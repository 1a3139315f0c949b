/**
 * From a block's lines to syslog messages: the header before each, and the line made to fit what
 * the receiver takes. Nearly every line passes as it is, as bytes and without becoming a string;
 * only one that is too long (or, for some receivers, has an escaped `=` or is Cado's) goes the slow way
 * through `fit`. A payload other than CEF is made of every line. What was cut is sent and reported; what
 * cannot be made, or made to fit, is only reported.
 */
import type { Block, Delivery } from '../core.ts'
import { clashingStart } from '../cef/clashes.ts'
import { fit } from '../cef/fit.ts'
import { asCefline } from '../error.ts'
import type { Code } from '../error.ts'
import { eachLine } from '../io/lines.ts'
import type { Headers } from './message.ts'
import type { Wire } from './receivers.ts'

export interface WireOptions {
  headers: Headers
  wire: Wire
  /** Which time the header carries: the event's, or that of sending. */
  time: 'event' | 'sent'
  /** The destination's path in the configuration, for reasons. */
  place: string
  /** What a message carries in place of the CEF line. */
  render?: Render | undefined
}

/**
 * Makes the text of a message out of a CEF line and its time (ms since 1970), within `room` bytes;
 * `limit` says where that number comes from. Throws a permanent error for a line that it has no form
 * for. A text that is longer all the same is not sent.
 */
export type Render = (cef: string, time: number, room: number, limit: string) => Rendered

export interface Rendered {
  text: Buffer
  /** What was cut and why; undefined: nothing was. */
  cut?: string | undefined
}

/** A message is `header`, then `text[start, end)`; both are good until the visit returns. */
export type Visit = (header: Buffer, text: Buffer, start: number, end: number, line: number) => void

export class Messages {
  readonly #options: WireOptions
  readonly #render: Render
  /** Whether a line that fits may go as it is. */
  readonly #passes: boolean

  constructor(options: WireOptions) {
    const { render, wire } = options
    this.#options = options
    this.#render = render ?? fitted(wire)
    this.#passes = render === undefined && !wire.lengths
  }

  /** Calls `visit` for each message of the block that can be sent; reports the others. */
  each(block: Block, reject: Delivery['reject'], visit: Visit): void {
    const { headers, time: which, wire } = this.#options
    const { maxBytes } = wire
    const { lines } = block
    const substitute = this.#passes && wire.equals === 'substitute'
    const sent = Date.now()
    const slow = substitute ? new Search(lines) : undefined
    const clashing = this.#passes && wire.clashes !== 'keep'
    eachLine(lines, (start, end, time, severity, index) => {
      const header = headers.header(which === 'event' ? time : sent, severity)
      const fits = header.length + end - start <= maxBytes
      const asIs = fits && this.#passes && !slow?.finds(start, end)
      if (asIs && !(clashing && startsAsClashing(lines, start))) {
        visit(header, lines, start, end, index)
        return
      }
      const cef = lines.toString('utf8', start, end)
      const text = this.#text(cef, time, header.length, (code, reason) => {
        reject(block, index, code, reason)
      })
      if (text) visit(header, text, 0, text.length, index)
    })
  }

  /** One message, for `preview`: with the header's time as given, and nothing when it cannot fit. */
  one(cef: string, time: number, severity: number): Buffer {
    const header = this.#options.headers.header(time, severity)
    const text = this.#text(cef, time, header.length, () => {})
    return text ? Buffer.concat([header, text]) : Buffer.alloc(0)
  }

  #text(
    cef: string,
    time: number,
    headerBytes: number,
    report: (code: Code, reason: string) => void,
  ): Buffer | undefined {
    const { maxBytes } = this.#options.wire
    const room = maxBytes - headerBytes
    const limit = `${maxBytes} bytes (${this.#options.place}.maxBytes)`
    try {
      const { text, cut } = this.#render(cef, time, room, limit)
      if (text.length <= room) {
        if (cut !== undefined) report('cut', cut)
        return text
      }
      report('too-large', `The event cannot be cut to ${limit}: raise it where the receiver allows`)
    } catch (thrown) {
      const { code, message } = asCefline(thrown)
      if (code === 'record') report(code, `${this.#options.place}: the line ${message}`)
      else report('too-large', `The event cannot be cut to ${limit}: ${message}`)
    }
    return undefined
  }
}

/** The CEF line itself, as the receiver takes it. */
function fitted({ lengths, equals, clashes }: Wire): Render {
  const why = lengths ? 'the dictionary’s lengths and ' : ''
  return (cef, _time, room, limit) => {
    const { line, cut } = fit(cef, { maxBytes: room, lengths, equals, clashes })
    const text = Buffer.from(line)
    if (cut.length === 0) return { text }
    return { text, cut: `${cut.join(', ')} cut to keep ${why}the message within ${limit}` }
  }
}

/** From its end, where another vendor's line differs at once. */
function startsAsClashing(lines: Buffer, start: number): boolean {
  for (let index = clashingStart.length - 1; index >= 0; index -= 1) {
    if (lines[start + index] !== clashingStart.charCodeAt(index)) return false
  }
  return true
}

/**
 * Finds the lines that `fit` would substitute something in: an escaped `=`, or `CEF:` once more
 * after the start. A search goes on where the last one ended, so that the block is read only once.
 */
class Search {
  readonly #lines: Buffer
  #equals = -1
  #second = -1

  constructor(lines: Buffer) {
    this.#lines = lines
  }

  finds(start: number, end: number): boolean {
    if (this.#equals < start) this.#equals = this.#next('\\=', start)
    if (this.#second <= start) this.#second = this.#next('CEF:', start + 1)
    return this.#equals < end || this.#second < end
  }

  #next(text: string, from: number): number {
    const found = this.#lines.indexOf(text, from, 'latin1')
    return found === -1 ? Infinity : found
  }
}
