/**
 * Whether the last start died, told by a file. A torn file can end the process that maps it, at the
 * opening or soon after, and whoever starts it again would only see it end again. So the file
 * `opening` says who is opening the spool. It goes when the spool was closed in good order or has
 * lived for a minute. When it is there at a start, and whoever wrote it is dead:
 *
 * - it died before the spool was loaded: a process of its own reads all first (`verify.ts`);
 * - it died in its first minute: so too when it was the third in a row, as kills come in rows as well.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isLiving, isOurs, thisProcess } from './owner.ts'
import type { Owner } from './owner.ts'

/** ms after which a start has been a good one. */
const good = 60_000
/** Deaths in a row within their first minute that are one too many. */
const tooMany = 3

interface Mark {
  owner: Owner
  loaded: boolean
  /** Deaths in a row before this start. */
  deaths: number
}

export class Opening {
  readonly #path: string
  #mark: Mark = { owner: thisProcess(0), loaded: false, deaths: 0 }
  #timer: NodeJS.Timeout | undefined

  constructor(folder: string) {
    this.#path = join(folder, 'opening')
  }

  /** The process that is opening the spool now. */
  get other(): number | undefined {
    const last = this.#read()
    if (!last || last.loaded || isOurs(last.owner)) return undefined
    return isLiving(last.owner) ? last.owner.pid : undefined
  }

  /** True when the spool is to be read by another process first. */
  get suspect(): boolean {
    const last = this.#read()
    if (!last || isLiving(last.owner)) return false
    return !last.loaded || last.deaths + 1 >= tooMany
  }

  /** To be called before LMDB is opened; `verified`: what made it suspect was not found. */
  begin(verified: boolean): void {
    const last = this.#read()
    // Whoever lives has it open, and this start will be refused.
    if (last && isLiving(last.owner)) return
    this.#mark.deaths = last && !verified ? last.deaths + 1 : 0
    this.#write()
  }

  /** To be called when all is loaded. */
  loaded(): void {
    this.#mark.loaded = true
    this.#write()
    this.#timer = setTimeout(() => this.end(), good).unref()
  }

  /** To be called at the end, whether the opening was a success or threw an error. */
  end(): void {
    clearTimeout(this.#timer)
    const last = this.#read()
    if (last && isOurs(last.owner)) this.#remove()
  }

  /** Undefined when there is none. One that is torn was being written as the process died. */
  #read(): Mark | undefined {
    let text: string
    try {
      text = readFileSync(this.#path, 'utf8')
    } catch {
      return undefined
    }
    try {
      return JSON.parse(text) as Mark
    } catch {
      return { owner: { ...thisProcess(0), pid: 0 }, loaded: false, deaths: 0 }
    }
  }

  /** Without success is no error: the opening itself will say what is wrong. */
  #write(): void {
    try {
      writeFileSync(this.#path, JSON.stringify(this.#mark), { mode: 0o600 })
    } catch {
      // What a full disk took of it would look like a start that died.
      this.#remove()
    }
  }

  #remove(): void {
    try {
      rmSync(this.#path, { force: true })
    } catch {
      // Read-only: it was there before, and stays.
    }
  }
}
