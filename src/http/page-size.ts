/**
 * How many records to ask for: fewer when the server cannot answer in time, more again when it can.
 * A page over a month of data is slow on a small Auditor Server, and the vendor's own script fails
 * there for good; a smaller page gets through.
 */

/** Timeouts do not make a page smaller than this: by then it is not the page that is slow. */
const smallestInTime = 50
/** Full pages in good time before the size doubles; twice as many each time that it was too much. */
const pagesToGrow = 3
const mostPagesToGrow = 96

export class PageSize {
  readonly #largest: number
  #size: number
  #inTime = 0
  #toGrow = pagesToGrow
  /** The size was doubled, and nothing has come of that yet. */
  #isTrial = false

  constructor(largest: number) {
    this.#largest = largest
    this.#size = largest
  }

  /** Records to ask for. */
  get size(): number {
    return this.#size
  }

  /** The answer did not come whole in time: 1000, 500, 250, 125, 62, 50. */
  timedOut(): void {
    this.#shrink(smallestInTime)
  }

  /** The answer was larger than is accepted; then it is the records, and only one may be bearable. */
  tooLarge(): void {
    this.#shrink(1)
  }

  /**
   * A page came. Only full ones that took less than a quarter of the time allowed count, so that
   * twice as many records will very likely be in time as well.
   */
  answered(records: number, took: number, timeout: number): void {
    if (records < this.#size) return
    if (this.#isTrial) this.#toGrow = pagesToGrow
    this.#isTrial = false
    this.#inTime = took < timeout / 4 ? this.#inTime + 1 : 0
    if (this.#inTime < this.#toGrow || this.#size === this.#largest) return
    this.#size = Math.min(this.#largest, this.#size * 2)
    this.#inTime = 0
    this.#isTrial = true
  }

  #shrink(smallest: number): void {
    if (this.#isTrial) this.#toGrow = Math.min(mostPagesToGrow, this.#toGrow * 2)
    this.#isTrial = false
    this.#inTime = 0
    this.#size = Math.min(this.#size, Math.max(smallest, Math.floor(this.#size / 2)))
  }
}
