/**
 * A file that takes room on the volume only to give it up. The reserve is kept free by us, not by
 * others: when another program fills the volume to the last byte, even a receipt, which would let
 * blocks be deleted, finds no page to be written to (measured on a full tmpfs: no deletion ever
 * succeeded again). Then the ballast is dropped, and it is taken back when there is room.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export class Ballast {
  readonly #path: string
  readonly #size: number

  constructor(folder: string, size: number) {
    this.#path = join(folder, 'ballast')
    this.#size = size
  }

  /** Takes the room, unless it is taken; without success is no error. */
  take(): void {
    if (this.#size === 0 || existsSync(this.#path)) return
    try {
      // Random, as some file systems store zeros as nothing.
      writeFileSync(this.#path, randomBytes(this.#size), { mode: 0o600 })
    } catch {
      this.drop()
    }
  }

  /** Gives the room up. */
  drop(): void {
    rmSync(this.#path, { force: true })
  }
}
