/**
 * This process's time as the owner of a spool: taken at the opening, compared inside every write, so
 * that a process that has lost the spool changes nothing, and left to the next owner at the end. What
 * the record says, and who counts as living, is in `owner.ts`.
 */
import type { Databases } from './databases.ts'
import { inUse, takenOver } from './failure.ts'
import { isLiving, isOurs, ownerIn, thisProcess } from './owner.ts'

type Meta = Databases['meta']

export class Tenure {
  readonly #folder: string
  #epoch = 0
  #lost = false

  /** `folder`: as errors name it. */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** Another process has taken the spool over. */
  get lost(): boolean {
    return this.#lost
  }

  get hasBegun(): boolean {
    return this.#epoch !== 0
  }

  /** Inside a write. Throws `spool-owner` where another process lives that owns it. */
  begin(meta: Meta): void {
    const owner = ownerIn(meta)
    if (owner && !isOurs(owner) && isLiving(owner)) throw inUse(this.#folder, owner.pid)
    // Where the record is damaged, a number that no count has come to.
    this.#epoch = owner ? owner.epoch + 1 : meta.doesExist(['owner']) ? Date.now() : 1
    meta.putSync(['owner'], thisProcess(this.#epoch))
  }

  /** Inside a write, before anything is changed. Throws `spool-owner` when it was taken over. */
  check(meta: Meta): void {
    const owner = ownerIn(meta)
    if (owner?.epoch === this.#epoch) return
    // Nobody who takes a spool over leaves a record that cannot be read.
    if (!owner) meta.putSync(['owner'], thisProcess(this.#epoch))
    else {
      this.#lost = true
      throw takenOver(this.#folder, owner.pid)
    }
  }

  /** Inside a write: leaves it to the next owner. One that was lost is left as it is, by an error. */
  end(meta: Meta): void {
    this.check(meta)
    meta.putSync(['owner'], { ...thisProcess(this.#epoch), pid: 0 })
  }
}
