/**
 * Tells what lies in a drop folder and is not taken, once for each name: what is no plain file, what
 * cannot be looked at, and what has been there for long under a temporary name or never stands still.
 * Whoever dropped it would wait for it in vain. The number of names is bounded.
 */
import type { BigIntStats } from 'node:fs'
import type { Notice } from '../core.ts'
import { joinPath, printableName } from './file-name.ts'
import { errnoOf } from './regular-file.ts'
import type { SeenFile } from './settled.ts'

/** Names that are told, and remembered as told. */
const mostNames = 100

/** What is asked of an entry that is no plain file. */
export type Kind = Pick<BigIntStats, 'isDirectory' | 'isSymbolicLink' | 'isFIFO' | 'isSocket'>

export class Untaken {
  readonly #folder: string
  readonly #own: readonly string[]
  /** As latin1, which any bytes can be. */
  readonly #told = new Set<string>()
  #notices: Notice[] = []

  /** `own`: folders that are Cefline's, and may be below this one. */
  constructor(folder: string, own: readonly string[] = []) {
    this.#folder = folder
    this.#own = own
  }

  /** It cannot be looked at. */
  unseen(name: Buffer, thrown: unknown): void {
    const why = errnoOf(thrown) || String(thrown)
    this.#tell(name, 'file-unreadable', `cannot be looked at (${why}) and is left out`)
  }

  /** It is no plain file. Hidden ones are somebody's own affair. */
  other(name: Buffer, kind: Kind): void {
    if (name[0] === 0x2e || (kind.isDirectory() && this.#isOwn(name))) return
    this.#tell(name, 'not-taken', `is ${kindOf(kind)}, and only plain files are taken`)
  }

  /** It has not been ready for long. */
  late({ name, passedOver }: SeenFile): void {
    const why = passedOver
      ? 'still has a name that is not taken (hidden or temporary); rename it when it is complete'
      : 'never stands still, and is not taken before it does; write to a temporary name and rename'
    this.#tell(name, 'not-taken', why)
  }

  /** What there is to tell since the last time. */
  take(): Notice[] {
    return this.#notices.splice(0)
  }

  #isOwn(name: Buffer): boolean {
    const path = joinPath(this.#folder, name).toString()
    return this.#own.some((own) => own === path || own.startsWith(`${path}/`))
  }

  #tell(name: Buffer, code: string, why: string): void {
    const key = name.toString('latin1')
    if (this.#told.has(key) || this.#told.size >= mostNames) return
    this.#told.add(key)
    const path = printableName(joinPath(this.#folder, name))
    const more = this.#told.size === mostNames ? '; of other names nothing more is said' : ''
    this.#notices.push({ level: 'warn', code, message: `${path} ${why}${more}` })
  }
}

function kindOf(kind: Kind): string {
  if (kind.isDirectory()) return 'a folder'
  if (kind.isSymbolicLink()) return 'a symbolic link'
  if (kind.isFIFO()) return 'a FIFO'
  return kind.isSocket() ? 'a socket' : 'a device'
}
