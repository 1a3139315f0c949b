/**
 * What a receiver has stored, read as it grows: how often each event came, by its kind and RID.
 */
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

export class Arrivals {
  /** `alert …RID` or `activity …RID`, and how often. */
  readonly counts = new Map<string, number>()
  /** Lines that are no event with a RID. */
  readonly strange: string[] = []
  /** All lines. */
  lines = 0
  readonly #file: string
  readonly #buffer = Buffer.alloc(4 << 20)
  #handle: FileHandle | undefined
  #rest = ''

  constructor(file: string) {
    this.#file = file
  }

  /** Reads on until `enough`, or until nothing more has come for `quiet` ms. */
  async until(enough: () => boolean, quiet = 60_000): Promise<void> {
    let last = performance.now()
    while (!enough()) {
      if ((await this.#read()) > 0) last = performance.now()
      else if (performance.now() - last > quiet) return
      else await pause(20)
    }
  }

  async close(): Promise<void> {
    await this.#handle?.close()
  }

  async #read(): Promise<number> {
    this.#handle ??= await open(this.#file).catch(() => undefined)
    if (!this.#handle) return 0
    const { bytesRead } = await this.#handle.read(this.#buffer)
    const lines = (this.#rest + this.#buffer.toString('latin1', 0, bytesRead)).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#take(line)
    return bytesRead
  }

  #take(line: string): void {
    this.lines += 1
    const [, kind] = /deviceFacility=Netwrix Auditor (alert|activity)/.exec(line) ?? []
    const [, rid] = /cs1=([0-9A-F]{49}) /.exec(line) ?? []
    if (kind === undefined || rid === undefined) {
      this.strange.push(line)
      return
    }
    const key = `${kind} ${rid}`
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1)
  }
}
