/**
 * A file that takes room on the volume only to give it up. The reserve is kept free by us, not by
 * others: when another program fills the volume to the last byte, even a receipt, which would let
 * blocks be deleted, finds no page to be written to (measured on a full tmpfs: no deletion ever
 * succeeded again). Then the ballast is dropped, and it is taken back when there is room.
 */
import { randomBytes } from 'node:crypto'
import { rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export class Ballast {
  readonly #path: string

  constructor(folder: string) {
    this.#path = join(folder, 'ballast')
  }

  /** Takes so many bytes of room, unless they are taken; without success is no error. */
  take(size: number): void {
    if (statSync(this.#path, { throwIfNoEntry: false })?.size === size) return
    this.drop()
    if (size === 0) return
    try {
      // Random, as some file systems store zeros as nothing.
      writeFileSync(this.#path, randomBytes(size), { mode: 0o600 })
    } catch {
      this.drop()
    }
  }

  /** Gives the room up. */
  drop(): void {
    try {
      rmSync(this.#path, { force: true })
    } catch {
      // On a file system that is read-only nothing is written either.
    }
  }
}
