/**
 * CEF lines packed into one buffer: the form in which they cross from the worker thread to the
 * spool, lie in it, and reach a destination, so that nothing on the way makes an object per line.
 *
 * One line is `u32 length | f64 time | u8 severity | length bytes of UTF-8`, little-endian. `time`
 * is the event's, in milliseconds since 1970 (UTC), `severity` CEF's 0 to 10. The text has no line
 * feed, carriage return or NUL.
 */

/** Bytes before each line's text. */
export const lineHead = 13
/** Buffers that a packer keeps for later. */
const mostSpare = 4
/** Bytes of an event's id. */
export const idBytes = 16

export interface Lines {
  readonly count: number
  readonly bytes: Buffer
  /** `count` ids of 16 bytes, in the lines' order. */
  readonly ids: Buffer
}

export const noLines: Lines = { count: 0, bytes: Buffer.alloc(0), ids: Buffer.alloc(0) }

/** Collects lines; `take` gives what is there and begins anew. */
export class LinePacker {
  readonly #expected: number
  /** Buffers that were given back, to be filled again. */
  readonly #spare: ArrayBuffer[] = []
  #bytes = noLines.bytes
  #ids = noLines.ids
  #used = 0
  #count = 0

  /** `expectedBytes` is the size of a buffer; one that turns out too small is doubled. */
  constructor(expectedBytes = 512 * 1024) {
    this.#expected = expectedBytes
  }

  /** Lines since the last `take`. */
  get count(): number {
    return this.#count
  }

  /** Packed bytes since the last `take`. */
  get size(): number {
    return this.#used
  }

  /** Adds a line whose id is copied from `id` (16 bytes). */
  add(cef: string, time: number, severity: number, id: Uint8Array): void {
    // Three bytes are the most that one UTF-16 unit takes in UTF-8.
    this.#reserve(lineHead + cef.length * 3)
    const start = this.#used
    const length = this.#bytes.write(cef, start + lineHead, 'utf8')
    this.#bytes.writeUInt32LE(length, start)
    this.#bytes.writeDoubleLE(time, start + 4)
    this.#bytes[start + 12] = severity
    this.#used = start + lineHead + length
    this.#ids.set(id, this.#count * idBytes)
    this.#count += 1
  }

  /** The lines, in buffers that are no longer the packer's and may go to another thread. */
  take(): Lines {
    if (this.#count === 0) return noLines
    const bytes = this.#bytes.subarray(0, this.#used)
    const ids = this.#ids.subarray(0, this.#count * idBytes)
    const taken = { count: this.#count, bytes, ids }
    this.clear()
    this.#bytes = noLines.bytes
    this.#ids = noLines.ids
    return taken
  }

  /** Forgets what was added since the last `take`. */
  clear(): void {
    this.#used = 0
    this.#count = 0
  }

  /** Takes back the buffer of lines that nobody needs any more. */
  giveBack(buffer: ArrayBuffer): void {
    if (buffer.byteLength === this.#expected && this.#spare.length < mostSpare) {
      this.#spare.push(buffer)
    }
  }

  #reserve(wanted: number): void {
    if (this.#used + wanted > this.#bytes.length) {
      const least = Math.max(this.#expected, this.#used + wanted)
      const grown = this.#buffer(
        this.#bytes.length === 0 ? least : Math.max(this.#bytes.length * 2, least),
      )
      this.#bytes.copy(grown, 0, 0, this.#used)
      this.#bytes = grown
    }
    if ((this.#count + 1) * idBytes > this.#ids.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(this.#ids.length * 2, 1024 * idBytes))
      this.#ids.copy(grown)
      this.#ids = grown
    }
  }

  #buffer(size: number): Buffer {
    const spare = size === this.#expected ? this.#spare.pop() : undefined
    return spare === undefined ? Buffer.allocUnsafeSlow(size) : Buffer.from(spare)
  }
}

/** Calls `visit` for each line: its text is `bytes[start, end)`. */
export function eachLine(
  bytes: Buffer,
  visit: (start: number, end: number, time: number, severity: number, index: number) => void,
): void {
  let at = 0
  for (let index = 0; at < bytes.length; index += 1) {
    const start = at + lineHead
    const end = start + bytes.readUInt32LE(at)
    visit(start, end, bytes.readDoubleLE(at + 4), bytes[at + 12] ?? 0, index)
    at = end
  }
}

/** The lines as strings with what belongs to them; for pages, previews and tests. */
export function unpackLines(bytes: Buffer): { cef: string; time: number; severity: number }[] {
  const lines: { cef: string; time: number; severity: number }[] = []
  eachLine(bytes, (start, end, time, severity) => {
    lines.push({ cef: bytes.toString('utf8', start, end), time, severity })
  })
  return lines
}

/** Copies the lines for which `keep` is true; with none left out, the lines themselves. */
export function pickLines(lines: Lines, keep: (index: number) => boolean): Lines {
  const parts: Buffer[] = []
  const ids: Buffer[] = []
  eachLine(lines.bytes, (start, end, _time, _severity, index) => {
    if (!keep(index)) return
    parts.push(lines.bytes.subarray(start - lineHead, end))
    ids.push(lines.ids.subarray(index * idBytes, (index + 1) * idBytes))
  })
  if (parts.length === lines.count) return lines
  return { count: parts.length, bytes: Buffer.concat(parts), ids: Buffer.concat(ids) }
}
