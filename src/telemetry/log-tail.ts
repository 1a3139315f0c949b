/**
 * The last lines of the log, kept in memory for `cefline support-bundle`: as JSON, as they were logged,
 * so without values and secrets.
 */
const most = 1000

export class LogTail {
  readonly #lines: string[] = []
  /** Where the next one goes, once there are as many as are kept. */
  #next = 0

  add(line: string): void {
    this.#lines[this.#next] = line.trimEnd()
    this.#next = (this.#next + 1) % most
  }

  /** The oldest first. */
  get lines(): string[] {
    return [...this.#lines.slice(this.#next), ...this.#lines.slice(0, this.#next)]
  }
}
