/**
 * Which files of a folder are complete, from one listing to the next. A file is ready when it has
 * stood still (device, inode, size and time of change) for `settle` since it was first seen so; or at
 * once when the same inode was seen under another name in the last listing: whoever writes under a
 * temporary name and renames says by that that it is finished. One that has not been ready for ten
 * minutes, as it never stands still or keeps a temporary name, is late: somebody should hear of it.
 */
import type { FileIdentity } from './regular-file.ts'
import { isSame } from './regular-file.ts'

export interface SeenFile {
  name: Buffer
  identity: FileIdentity
  /** When the inode was made: the number alone is given to new files again. */
  birthtimeNs: bigint
  /** Its name says that it is not to be taken. */
  passedOver: boolean
}

interface Standing extends SeenFile {
  /** ms of a monotonic clock: so since then, and not ready since then. */
  since: number
  first: number
}

export interface Settling {
  ready: SeenFile[]
  late: SeenFile[]
  /** How many still have to stand still. */
  unsettled: number
  /** In how many ms the next one will have (`Infinity`: none). */
  next: number
}

/** ms after which a file that is not ready is late. */
const patience = 600_000

export class Settled {
  readonly #settle: number
  /** By name, as latin1, which any bytes can be. */
  #files = new Map<string, Standing>()
  /** By inode: the key of the name it had in the last listing. */
  #names = new Map<string, string>()

  /** `settle` in ms. */
  constructor(settle: number) {
    this.#settle = settle
  }

  /** Takes a listing at `now` (ms, monotonic). */
  update(listing: SeenFile[], now: number): Settling {
    const files = new Map<string, Standing>()
    const names = new Map<string, string>()
    const listed = new Set(listing.map(({ name }) => name.toString('latin1')))
    const ready: SeenFile[] = []
    const late: SeenFile[] = []
    let unsettled = 0
    let next = Infinity
    for (const file of listing) {
      const key = file.name.toString('latin1')
      const since = this.#since(key, file, listed, now)
      const isReady = !file.passedOver && now - since >= this.#settle
      const first = isReady ? now : (this.#files.get(key)?.first ?? now)
      files.set(key, { ...file, since, first })
      names.set(inode(file), key)
      if (isReady) {
        ready.push(file)
        continue
      }
      if (now - first >= patience) late.push(file)
      if (file.passedOver) continue
      unsettled += 1
      next = Math.min(next, since + this.#settle - now)
    }
    this.#files = files
    this.#names = names
    return { ready, late, unsettled, next }
  }

  #since(key: string, file: SeenFile, listed: Set<string>, now: number): number {
    const before = this.#files.get(key)
    if (before && isSame(before.identity, file.identity)) return before.since
    const oldKey = this.#names.get(inode(file))
    const old = oldKey === undefined || listed.has(oldKey) ? undefined : this.#files.get(oldKey)
    return old && old.birthtimeNs === file.birthtimeNs ? -Infinity : now
  }
}

function inode({ identity }: SeenFile): string {
  return `${identity.dev}:${identity.ino}`
}
