/**
 * Prints CEF lines to standard output, for people: in colour on a terminal, and with nothing in them
 * that a terminal would obey. (The log is on standard error.) A block has its receipt when its text
 * is written. When nobody reads any more the lines stay in the spool, and the process lives on.
 */
import type { Writable } from 'node:stream'
import colors from 'picocolors'
import type { Block, CheckStep, Delivery, Destination } from '../core.ts'
import { error } from '../error.ts'
import { unpackLines } from '../io/lines.ts'
import { paintCef } from '../io/paint.ts'
import { printedTo } from '../io/printed-to.ts'
import { until } from './syslog/until.ts'

export interface Options {
  color: 'auto' | 'always' | 'never'
}

export const schema = {
  color: {
    doc: 'Whether lines are coloured; `auto`: when standard output is a terminal.',
    format: ['auto', 'always', 'never'],
    default: 'auto',
  },
}

type Output = Writable & { isTTY?: boolean }

export function create(
  options: Options,
  _context: { name: string },
  output: Output = process.stdout,
): Destination {
  return new Console(options, output)
}

class Console implements Destination {
  readonly #output: Output
  readonly #colored: boolean

  constructor({ color }: Options, output: Output) {
    const isTerminal = output.isTTY === true && colors.isColorSupported
    this.#output = output
    this.#colored = color === 'always' || (color === 'auto' && isTerminal)
  }

  async *check(): AsyncGenerator<CheckStep> {
    const ok = this.#output.writable
    const detail = ok ? 'standard output' : 'standard output is closed'
    yield { name: 'console', ok, detail, milliseconds: 0 }
  }

  async deliver(
    blocks: AsyncIterable<Block>,
    delivery: Delivery,
    signal: AbortSignal,
  ): Promise<void> {
    // Without a listener the reader's end (EPIPE) would end this process as well; one is enough,
    // however often a destination is made.
    if (!printedTo.has(this.#output)) this.#output.on('error', () => {})
    printedTo.add(this.#output)
    delivery.proof('written')
    delivery.connected('standard output')
    const iterator = blocks[Symbol.asyncIterator]()
    try {
      for (;;) {
        const next = await until(iterator.next(), signal)
        if (next.done === true) return
        const lines = unpackLines(next.value.lines)
        const text = lines.map(({ cef }) => `${this.#line(cef)}\n`).join('')
        await until(this.#write(text), signal)
        delivery.receipt(next.value)
      }
    } catch (thrown) {
      if (!signal.aborted) throw thrown
    } finally {
      void iterator.return?.()
    }
  }

  frame(cef: string): Buffer {
    return Buffer.from(`${this.#line(cef)}\n`)
  }

  async close(): Promise<void> {
    // Standard output is the process's, not ours.
  }

  #line(cef: string): string {
    return paintCef(cef, this.#colored)
  }

  async #write(text: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#output.write(text, (failure) => {
        if (!failure) {
          resolve()
          return
        }
        const isOver = (failure as NodeJS.ErrnoException).code === 'EPIPE'
        const cure = isOver ? 'start again' : 'make room there'
        const message = `Standard output takes nothing any more (${failure.message}): ${cure}`
        const again = isOver && { retryAfter: Infinity }
        reject(error('write-failed', message, { cause: failure, ...again }))
      })
    })
  }
}
