/**
 * How far a long command has come, on standard error: on a terminal one line that is written over, at
 * most ten times a second, and gone at the end; elsewhere a line now and then, for a log.
 */
import colors from 'picocolors'
import { age, count, counted } from './text.ts'

/** ms between two of them. */
const onTerminal = 100
const elsewhere = 10_000
/** ms before the first line on a terminal: what is done at once shows none. */
const beforeFirst = 300
const barWidth = 24

/** What it is written to; `process.stderr` is one. */
export interface ProgressOutput {
  isTTY?: boolean
  columns?: number
  write(text: string): unknown
}

export class Progress {
  readonly #output: ProgressOutput
  readonly #total: number | undefined
  readonly #clock: () => number
  readonly #started: number
  #next: number
  #isShown = false

  /** `total`: bytes that there are to read, where that is known; `clock`: ms. */
  constructor(
    output: ProgressOutput,
    total: number | undefined,
    clock: () => number = () => performance.now(),
  ) {
    this.#output = output
    this.#total = total
    this.#clock = clock
    this.#started = clock()
    this.#next = this.#started + (output.isTTY === true ? beforeFirst : elsewhere)
  }

  /** To be called often. */
  update(rows: number, bytes: number): void {
    const now = this.#clock()
    if (now < this.#next) return
    const text = this.#text(rows, bytes, now - this.#started)
    if (this.#output.isTTY !== true) {
      this.#next = now + elsewhere
      this.#output.write(`${text}\n`)
      return
    }
    this.#next = now + onTerminal
    this.#isShown = true
    const columns = (this.#output.columns ?? 80) - 1
    const bar = this.#bar(bytes)
    // A line that is too long would wrap, and then not be written over.
    const line = text.length + barWidth + 3 > columns ? text.slice(0, columns) : bar + text
    this.#output.write(`\r\u001b[K${line}`)
  }

  /** Takes it away. Safe twice. */
  end(): void {
    if (this.#isShown) this.#output.write('\r\u001b[K')
    this.#isShown = false
  }

  #text(rows: number, bytes: number, elapsed: number): string {
    const seconds = Math.max(elapsed, 1) / 1000
    const parts = [counted(rows, 'row'), `${count(Math.round(rows / seconds))}/s`]
    const share = this.#share(bytes)
    if (share !== undefined) {
      parts.push(`${Math.floor(share * 100)} %`)
      if (share > 0) parts.push(`${age(0, (elapsed / share) * (1 - share))} left`)
    }
    return parts.join(', ')
  }

  #bar(bytes: number): string {
    const share = this.#share(bytes)
    if (share === undefined) return ''
    const full = Math.floor(share * barWidth)
    const bar = '█'.repeat(full) + colors.dim('░'.repeat(barWidth - full))
    return `${bar}  `
  }

  /** 0 to 1; a file may grow while it is read. */
  #share(bytes: number): number | undefined {
    if (this.#total === undefined || this.#total === 0) return undefined
    return Math.min(1, bytes / this.#total)
  }
}
