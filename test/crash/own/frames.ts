/**
 * Octet-counted messages (RFC 6587 3.4.1) out of a stream; what has come in part is kept for later
 * and never stored.
 */
export class Frames {
  readonly #store: (lines: string) => void
  #rest = Buffer.alloc(0)

  constructor(store: (lines: string) => void) {
    this.#store = store
  }

  add(data: Buffer): void {
    let bytes = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data])
    let lines = ''
    for (;;) {
      const space = bytes.indexOf(0x20)
      if (space === -1) break
      const end = space + 1 + Number(bytes.toString('latin1', 0, space))
      // Stored, so that the oracle sees it: nothing of what follows can be read.
      if (Number.isNaN(end)) {
        this.#store(`no frame: ${JSON.stringify(bytes.toString('latin1', 0, 40))}\n`)
        bytes = Buffer.alloc(0)
        break
      }
      if (end > bytes.length) break
      const message = bytes.toString('utf8', space + 1, end)
      lines += `${message.slice(message.indexOf('CEF:0'))}\n`
      bytes = bytes.subarray(end)
    }
    this.#rest = Buffer.from(bytes)
    if (lines !== '') this.#store(lines)
  }
}
