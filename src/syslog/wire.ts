/**
 * From a block's lines to syslog messages: the header before each, and the line made to fit what
 * the receiver takes. Nearly every line passes as it is, as bytes and without becoming a string;
 * only one that is too long (or, for some receivers, has an escaped `=`) goes the slow way through
 * `fit`. A line that was cut is sent and reported; one that cannot be made to fit is only reported.
 */
import type { Block, Delivery } from '../core.ts'
import { fit } from '../cef/fit.ts'
import { asCefline } from '../error.ts'
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
}

/** A message is `header`, then `text[start, end)`; both are good until the visit returns. */
export type Visit = (header: Buffer, text: Buffer, start: number, end: number, line: number) => void

export class Messages {
  readonly #options: WireOptions

  constructor(options: WireOptions) {
    this.#options = options
  }

  /** Calls `visit` for each message of the block that can be sent; reports the others. */
  each(block: Block, reject: Delivery['reject'], visit: Visit): void {
    const { headers, time: which, wire } = this.#options
    const { maxBytes, lengths } = wire
    const { lines } = block
    const substitute = wire.equals === 'substitute'
    const sent = Date.now()
    const slow = substitute ? new Search(lines) : undefined
    eachLine(lines, (start, end, time, severity, index) => {
      const header = headers.header(which === 'event' ? time : sent, severity)
      const fits = header.length + end - start <= maxBytes
      if (fits && !lengths && !slow?.finds(start, end)) {
        visit(header, lines, start, end, index)
        return
      }
      const text = this.#fitted(lines.toString('utf8', start, end), header.length, (code, reason) =>
        reject(block, index, code, reason),
      )
      if (text) visit(header, text, 0, text.length, index)
    })
  }

  /** One message, for `preview`: with the header's time as given, and nothing when it cannot fit. */
  one(cef: string, time: number, severity: number): Buffer {
    const header = this.#options.headers.header(time, severity)
    const text = this.#fitted(cef, header.length, () => {})
    return text ? Buffer.concat([header, text]) : Buffer.alloc(0)
  }

  #fitted(
    cef: string,
    headerBytes: number,
    report: (code: 'cut' | 'too-large', reason: string) => void,
  ): Buffer | undefined {
    const { maxBytes, lengths, equals } = this.#options.wire
    const room = maxBytes - headerBytes
    const limit = `${maxBytes} bytes (${this.#options.place}.maxBytes)`
    try {
      const { line, cut } = fit(cef, { maxBytes: room, lengths, equals })
      const text = Buffer.from(line)
      if (text.length <= room) {
        if (cut.length > 0) {
          const why = lengths ? 'the dictionary’s lengths and ' : ''
          report('cut', `${cut.join(', ')} cut to keep ${why}the message within ${limit}`)
        }
        return text
      }
      report('too-large', `The event cannot be cut to ${limit}: raise it where the receiver allows`)
    } catch (thrown) {
      report('too-large', `The event cannot be cut to ${limit}: ${asCefline(thrown).message}`)
    }
    return undefined
  }
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
