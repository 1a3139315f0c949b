/**
 * Looks after files that were moved away, as they were read or could not be. Whoever pauses for longer
 * than `settle` and then writes on does so in the moved file, as the open file goes with its name; what
 * he writes would be lost in silence, and half a header would be all that was ever seen of a file. So
 * a moved file is looked at again about 1 s, 10 s, 60 s and 10 min after the move.
 * One that was written to goes back to where it came from, never over another file, settles again and
 * is read as a whole. One that stood still is forgotten or, where files are to be deleted, removed
 * after 60 s: deleted at once, its later bytes would go with it.
 *
 * The list is in memory. What a reload, a stop or a crash took from it is found again by the files'
 * times when the source opens (`adopt`). What this does not see: a write after the last look, or one
 * that ended while nobody looked for longer than that; one that was given an old time afterwards (`cp
 * -p`) while nobody looked; and one to the original of a file that was copied to another file system,
 * as that has no name any more. The list is bounded (`mostFiles`); what has been looked at most often
 * is forgotten first, and that is told once.
 */
import { unlink } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Notice } from '../core.ts'
import { adoptedNotice, fullNotice, stuckNotice, writtenNotice } from './afterwards-notices.ts'
import type { Told } from './afterwards-notices.ts'
import { joinPath, printableName, withEnding } from './file-name.ts'
import { moveWithin } from './move.ts'
import { movedBefore } from './moved-before.ts'
import type { FileIdentity } from './regular-file.ts'
import { identify } from './regular-file.ts'

export interface AfterwardsOptions extends Told {
  /** What stood still for `removeAfter` is removed. */
  remove: boolean
  /** Ending of the name of what lies beside a file and is removed when it goes back. */
  beside?: string
  /** Files remembered at most. */
  mostFiles?: number
}

interface MovedFile {
  /** What it was called, and what it is called now; as latin1, which any bytes can be. */
  name: string
  target: string
  identity: FileIdentity
  /** When it was moved, in ms of a monotonic clock. */
  at: number
}

/** ms that a file must stand still before it is removed. */
export const removeAfter = 60_000
/** ms after the move at which a file is looked at. */
const forgetting = [1_000, 10_000, 60_000, 600_000]
/** ms: what changed before that had its last look, or would have had it. */
const adoptWithin = 600_000
const removing = [1_000, 10_000, removeAfter]
const mostRemembered = 100_000
/** ms between two rounds, so that files which were moved one by one are looked at together. */
const leastDistance = 500
/** Files looked at at once. */
const atOnce = 64

export class Afterwards {
  readonly #options: AfterwardsOptions
  readonly #looks: readonly number[]
  /** For each of the looks the files that wait for it, those that were moved first in front. */
  readonly #queues: MovedFile[][]
  /** Names of those that were written to and cannot be moved back. */
  readonly #stuck = new Set<string>()
  #notices: Notice[] = []
  #lookedAt = -Infinity
  #saidFull = false

  constructor(options: AfterwardsOptions) {
    this.#options = options
    this.#looks = options.remove ? removing : forgetting
    this.#queues = this.#looks.map(() => [])
  }

  get size(): number {
    return this.#queues.reduce((sum, queue) => sum + queue.length, 0)
  }

  /** The file called `name` was moved and is called `target` now, with the identity it had. */
  remember(name: Buffer, target: Buffer, identity: FileIdentity, now = performance.now()): void {
    const most = this.#options.mostFiles ?? mostRemembered
    if (this.size >= most) {
      this.#queues.findLast((queue) => queue.length > 0)?.shift()
      if (!this.#saidFull) this.#notices.push(fullNotice(most, this.#options))
      this.#saidFull = true
    }
    const [file, moved] = [name.toString('latin1'), target.toString('latin1')]
    this.#wait({ name: file, target: moved, identity, at: now }, now)
  }

  /** To be called when the source opens: looks for files that were moved before, by another process or
   * an earlier opening. Those that may have been written to since their move go back; the others are
   * remembered for the looks that remain. `margin`: as `movedBefore` has it. Never throws. */
  async adopt(margin: number, now = performance.now()): Promise<Notice[]> {
    const { folder, target, beside } = this.#options
    const known = new Set(this.#queues.flat().map((file) => file.target))
    const back: string[] = []
    for (const file of await movedBefore(target, folder, { within: adoptWithin, margin })) {
      const name = file.name.toString('latin1')
      if (known.has(name) || (beside !== undefined && name.endsWith(beside))) continue
      if (!file.written) this.remember(file.name, file.name, file.identity, now - file.age)
      else {
        const moved = { name, target: name, identity: file.identity, at: now }
        if (await this.#giveBack(moved, now, true)) back.push(printableName(file.name))
      }
    }
    if (back.length > 0) this.#notices.push(adoptedNotice(back, this.#options))
    return this.#notices.splice(0)
  }

  /** True for a file with bytes that were not read. */
  isStuck(target: Buffer): boolean {
    return this.#stuck.has(target.toString('latin1'))
  }

  /** Waits for it, and meanwhile does what is due. */
  async during<T>(waiting: Promise<T>): Promise<T> {
    const ended = waiting.then(
      () => true,
      () => true,
    )
    while (!(await endsWithin(ended, this.#nextLook() - performance.now()))) {
      await this.#round(performance.now())
    }
    return waiting
  }

  /** Does what is due, and gives what there is to tell since the last time. Never throws. */
  async due(now = performance.now()): Promise<Notice[]> {
    if (this.#nextLook() <= now) await this.#round(now)
    return this.#notices.splice(0)
  }

  /** Looks at all files once more, and forgets them. */
  async end(now = performance.now()): Promise<Notice[]> {
    await this.#look(
      this.#take(() => true),
      now,
    )
    for (const queue of this.#queues) queue.length = 0
    return this.#notices.splice(0)
  }

  #nextLook(): number {
    let next = Infinity
    for (const [index, [first]] of this.#queues.entries()) {
      if (first) next = Math.min(next, first.at + (this.#looks[index] ?? 0))
    }
    return Math.max(next, this.#lookedAt + leastDistance)
  }

  async #round(now: number): Promise<void> {
    this.#lookedAt = now
    await this.#look(
      this.#take(({ at }, wait) => at + wait <= now),
      now,
    )
  }

  /** The files at the head of each queue for which it is time, those that were moved first in front. */
  #take(isTime: (file: MovedFile, wait: number) => boolean): MovedFile[] {
    const taken: MovedFile[][] = []
    for (const [index, queue] of this.#queues.entries()) {
      const rest = queue.findIndex((file) => !isTime(file, this.#looks[index] ?? 0))
      taken.unshift(queue.splice(0, rest < 0 ? queue.length : rest))
    }
    return taken.flat()
  }

  async #look(files: MovedFile[], now: number): Promise<void> {
    for (let start = 0; start < files.length; start += atOnce) {
      const some = files.slice(start, start + atOnce)
      const seen = await Promise.all(some.map((file) => this.#state(file)))
      for (const [index, file] of some.entries()) {
        if (seen[index] === 'written') await this.#giveBack(file, now)
        else if (seen[index] === 'gone') this.#stuck.delete(file.target)
        else if (!this.#wait(file, now) && seen[index] === 'same') await this.#remove(file)
      }
    }
  }

  /** `gone` is also another file under its name. What cannot be looked at now is not given up. */
  async #state({ target, identity }: MovedFile): Promise<'same' | 'written' | 'gone' | 'unknown'> {
    try {
      const now = await identify(this.#path(target))
      if (now?.ino !== identity.ino || now.dev !== identity.dev) return 'gone'
      const isSame = now.size === identity.size && now.mtimeNs === identity.mtimeNs
      return isSame ? 'same' : 'written'
    } catch {
      return 'unknown'
    }
  }

  /** Puts it into the queue of its next look; false when it had the last one. */
  #wait(file: MovedFile, now: number): boolean {
    const index = this.#looks.findIndex((wait) => file.at + wait > now)
    this.#queues[index]?.push(file)
    return index >= 0
  }

  /** One that cannot be moved back is tried again, for as long as it takes. */
  async #giveBack(file: MovedFile, now: number, silent = false): Promise<boolean> {
    const { folder } = this.#options
    const name = Buffer.from(file.name, 'latin1')
    try {
      const given = await moveWithin(this.#path(file.target), folder, name)
      this.#stuck.delete(file.target)
      await this.#removeBeside(file)
      if (!silent) this.#notices.push(writtenNotice(name, given, this.#options))
      return true
    } catch (thrown) {
      this.#wait({ ...file, at: now }, now)
      if (!this.#stuck.has(file.target)) {
        this.#notices.push(stuckNotice(name, thrown, this.#options))
      }
      this.#stuck.add(file.target)
      return false
    }
  }

  /** What cannot be removed now is left to the purge, which tells why. */
  async #remove({ target }: MovedFile): Promise<void> {
    if (this.#options.remove) await unlink(this.#path(target)).catch(() => undefined)
  }

  async #removeBeside({ target }: MovedFile): Promise<void> {
    const { beside } = this.#options
    if (beside === undefined) return
    await unlink(this.#path(target, beside)).catch(() => undefined)
  }

  #path(target: string, ending = ''): Buffer {
    const name = Buffer.from(target, 'latin1')
    return joinPath(this.#options.target, ending === '' ? name : withEnding(name, ending))
  }
}

async function endsWithin(ended: Promise<boolean>, milliseconds: number): Promise<boolean> {
  if (milliseconds === Infinity) return ended
  const timer = new AbortController()
  const { signal } = timer
  const late = sleep(Math.max(0, milliseconds), false, { signal }).catch(() => false)
  try {
    return await Promise.race([ended, late])
  } finally {
    timer.abort()
  }
}
