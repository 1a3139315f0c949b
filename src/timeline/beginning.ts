/**
 * The beginning of a timeline's text, gathered until its format can be told. Each byte is looked at once,
 * however long the blank lines and comments are that it begins with: they tell nothing.
 */

const lineFeed = 0x0a
const hash = 0x23

export class Beginning {
  #buffer: Buffer = Buffer.alloc(0)
  #filled = 0
  /** Blanks and whole comments up to here. */
  #passed = 0
  #isBlank = true
  #hasContent = false

  /** The chunk is copied. */
  append(chunk: Buffer): void {
    const wanted = this.#filled + chunk.length
    if (wanted > this.#buffer.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(wanted, this.#buffer.length * 2))
      this.#buffer.copy(grown, 0, 0, this.#filled)
      this.#buffer = grown
    }
    chunk.copy(this.#buffer, this.#filled)
    const from = this.#filled
    this.#filled = wanted
    this.#hasContent ||= this.#pass(from)
  }

  /** All that was appended; good until `append`. */
  get all(): Buffer {
    return this.#buffer.subarray(0, this.#filled)
  }

  /** From the first line that is neither empty nor a comment, as far as it has come. */
  get content(): Buffer {
    return this.#buffer.subarray(this.#passed, this.#filled)
  }

  /** A line that is neither has begun. */
  get hasContent(): boolean {
    return this.#hasContent
  }

  /** Nothing but blanks: no comment either. */
  get isBlank(): boolean {
    return this.#isBlank
  }

  clear(): void {
    this.#buffer = Buffer.alloc(0)
    this.#filled = 0
    this.#passed = 0
    this.#isBlank = true
    this.#hasContent = false
  }

  /** Goes on to the first line that counts; true: it is there. What is before `from` was looked through. */
  #pass(from: number): boolean {
    for (;;) {
      while (this.#passed < this.#filled && isBlank(this.#buffer[this.#passed])) this.#passed += 1
      if (this.#passed === this.#filled) return false
      this.#isBlank = false
      if (this.#buffer[this.#passed] !== hash) return true
      const feed = this.all.indexOf(lineFeed, Math.max(this.#passed, from))
      if (feed < 0) return false
      this.#passed = feed + 1
    }
  }
}

function isBlank(byte = 0): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)
}
