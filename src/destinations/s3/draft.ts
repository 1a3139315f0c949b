/**
 * An object in the making: lines of one series and one queue, on their way into a file (two where both
 * forms are wanted). Taking a line is at once; writing waits for the disk.
 */
import { crc32 } from 'node:zlib'
import type { Form } from './forms.ts'
import { jsonLine } from './forms.ts'
import type { LineNumber } from './key.ts'
import { Output } from './output.ts'
import type { Written } from './output.ts'
import type { Out } from './receipts.ts'

/** Bytes that are collected before they are given to the file. */
const chunkBytes = 64 * 1024
/** Of the first buffer, as each line of a block may be the only one of its series. */
const firstBytes = 1024
const lineFeed = 10

export interface DraftOrigin {
  queue: string
  series: string
  /** ms of `performance.now()`. */
  born: number
}

/** One of its files. */
interface Part {
  readonly form: Form
  readonly path: string
  readonly chunks: Chunks
  output?: Output
}

export class Draft {
  readonly queue: string
  readonly series: string
  readonly born: number
  /** Blocks of which it holds lines. */
  readonly outs: Out[] = []
  readonly #forms: readonly Part[]
  readonly #gzip: boolean
  #first: LineNumber = { sequence: 0, line: 0 }
  #last: LineNumber = { sequence: 0, line: 0 }
  #lastSum = 0
  #count = 0
  #bytes = 0

  /** `pathOf`: where the file of a form is to be. Nothing is written yet. */
  constructor(
    { queue, series, born }: DraftOrigin,
    forms: readonly Form[],
    gzip: boolean,
    pathOf: (form: Form) => string,
  ) {
    this.queue = queue
    this.series = series
    this.born = born
    this.#gzip = gzip
    this.#forms = forms.map((form) => ({ form, path: pathOf(form), chunks: new Chunks() }))
  }

  get first(): LineNumber {
    return this.#first
  }

  get last(): LineNumber {
    return this.#last
  }

  /** CRC-32 of the last line. */
  get lastSum(): number {
    return this.#lastSum
  }

  /** Lines in it. */
  get count(): number {
    return this.#count
  }

  /** Bytes of CEF in it, line feeds included. */
  get bytes(): number {
    return this.#bytes
  }

  /** Takes the line `lines[start, end)`, by copy. */
  take(lines: Buffer, start: number, end: number, number: LineNumber, out: Out): void {
    if (this.#count === 0) this.#first = number
    this.#last = number
    this.#lastSum = crc32(lines.subarray(start, end))
    this.#count += 1
    this.#bytes += end - start + 1
    if (this.outs.at(-1) !== out) {
      this.outs.push(out)
      out.holders += 1
    }
    for (const { form, chunks } of this.#forms) {
      if (form.name === 'cef') chunks.add(lines, start, end)
      else chunks.addText(jsonLine(lines.toString('utf8', start, end)))
    }
  }

  /** Writes what was taken, but for the last few kilobytes. */
  async flush(): Promise<void> {
    for (const each of this.#forms) {
      const chunks = each.chunks.takeFull()
      if (chunks.length > 0) await this.#write(each, chunks)
    }
  }

  /** Ends the files; resolves when they are on the disk. */
  async end(): Promise<(Written & { form: Form; path: string })[]> {
    const ended: (Written & { form: Form; path: string })[] = []
    try {
      for (const each of this.#forms) {
        const { form, path, chunks } = each
        const output = await this.#write(each, chunks.takeAll())
        ended.push({ form, path, ...(await output.end()) })
      }
    } catch (thrown) {
      // Nobody else knows it any more: an open file would keep its room on a full disk.
      await this.discard()
      throw thrown
    }
    return ended
  }

  /** Gives it up: its lines have no receipt and come again. */
  async discard(): Promise<void> {
    for (const { output } of this.#forms) await output?.destroy()
  }

  async #write(each: Part, chunks: Buffer[]): Promise<Output> {
    each.output ??= new Output(each.path, this.#gzip)
    for (const chunk of chunks) await each.output.write(chunk)
    return each.output
  }
}

/** Bytes collected into buffers of a good size. */
class Chunks {
  readonly #full: Buffer[] = []
  #buffer = Buffer.alloc(0)
  #used = 0

  add(lines: Buffer, start: number, end: number): void {
    this.#reserve(end - start + 1)
    lines.copy(this.#buffer, this.#used, start, end)
    this.#used += end - start
    this.#buffer[this.#used++] = lineFeed
  }

  addText(text: string): void {
    // Three bytes are the most that one UTF-16 unit takes in UTF-8.
    this.#reserve(text.length * 3 + 1)
    this.#used += this.#buffer.write(text, this.#used)
    this.#buffer[this.#used++] = lineFeed
  }

  takeFull(): Buffer[] {
    return this.#full.splice(0)
  }

  takeAll(): Buffer[] {
    const chunks = this.takeFull()
    if (this.#used > 0) chunks.push(this.#buffer.subarray(0, this.#used))
    this.#buffer = Buffer.alloc(0)
    this.#used = 0
    return chunks
  }

  #reserve(wanted: number): void {
    if (this.#used + wanted <= this.#buffer.length) return
    if (this.#used > 0) this.#full.push(this.#buffer.subarray(0, this.#used))
    const further = Math.min(chunkBytes, Math.max(firstBytes, this.#buffer.length * 4))
    this.#buffer = Buffer.allocUnsafeSlow(Math.max(further, wanted))
    this.#used = 0
  }
}
