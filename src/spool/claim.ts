/**
 * The claim on a spool's folder: at most one living process has it, and only who has it opens LMDB.
 * It holds between processes that cannot see each other (containers on one volume), and of many that
 * start at the same instant one gets it.
 *
 * A claim is a listening socket with the name `claim.<number>`; the one with the greatest number
 * counts, for as long as somebody listens. To take it over from a dead one:
 *
 * 1. a socket is made under a name of its own and listens, so that no claim is ever seen silent;
 * 2. the greatest number is asked; whoever answers has the folder;
 * 3. the socket is linked to the next number, which link(2) does for one process only;
 * 4. the numbers are looked at again: with a greater one there, this one was given before to somebody
 *    who is past it and has removed it, and all begins anew.
 *
 * No number is used twice, since the greatest one is never removed, not even by its owner at the end:
 * a dead process cannot be mistaken for a living one, nor a claim that has just been made be removed
 * as a stale one. Where no socket can be made (a volume that has none, a full disk), those of others
 * are asked all the same, the owner's record decides (`owner.ts`), and it is said (`spool.ts`).
 */
import { randomBytes } from 'node:crypto'
import { chmodSync, linkSync, readdirSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { answerOn, ownAnswer } from './answers.ts'
import type { Answer } from './answers.ts'
import { claimed } from './failure.ts'
import { socketNames } from './socket-name.ts'

/** Dead claims that stay beside the newest, so that one that looks at the folder meanwhile sees some. */
const kept = 4
/** ms after which a socket that was made for a claim and not removed has been left by a dead process. */
const leftBehind = 3600_000
/** What a file system answers that has no links for sockets, or no room for one. */
const noLinks = ['EPERM', 'EOPNOTSUPP', 'ENOTSUP', 'ENOSYS', 'EMLINK', 'ENOSPC', 'EDQUOT', 'EROFS']

/** Who has the claim on a folder; undefined when nobody has. */
export async function claimant(real: string): Promise<Answer | undefined> {
  const newest = Math.max(0, ...numbersIn(real))
  return newest === 0 ? undefined : answerOn(real, nameOf(newest))
}

export class Claim {
  readonly #folder: string
  readonly #real: string
  #server: Server | undefined

  /** `folder`: as it is configured; `real`: without symbolic links. */
  constructor(folder: string, real: string) {
    this.#folder = folder
    this.#real = real
  }

  /** False before it is taken, and where none can be made: then the owner's record alone decides. */
  get isHeld(): boolean {
    return this.#server !== undefined
  }

  /** Throws `spool-owner` when another process has it, or the system's error when that cannot be
   * found out. */
  async take(): Promise<void> {
    const made = `claim-${randomBytes(6).toString('hex')}`
    try {
      const isMade = await this.#listen(made)
      while (!(await this.#next(isMade ? made : undefined)));
    } catch (thrown) {
      this.release()
      throw thrown
    } finally {
      rmSync(join(this.#real, made), { force: true })
    }
  }

  /** Safe before use, safe twice. */
  release(): void {
    this.#server?.close()
    this.#server?.closeAllConnections()
    this.#server = undefined
  }

  /** One try; false when another process came between. */
  async #next(made: string | undefined): Promise<boolean> {
    const newest = this.#newest()
    const answer = newest === 0 ? undefined : await answerOn(this.#real, nameOf(newest))
    if (answer) throw claimed(this.#folder, answer)
    if (made === undefined) return this.#newest() === newest
    const own = newest + 1
    try {
      linkSync(join(this.#real, made), join(this.#real, nameOf(own)))
    } catch (thrown) {
      const { code = '' } = thrown as NodeJS.ErrnoException
      if (code === 'EEXIST') return false
      if (!noLinks.includes(code)) throw thrown
      this.release()
      return true
    }
    if (this.#newest() !== own) {
      rmSync(join(this.#real, nameOf(own)), { force: true })
      return false
    }
    this.#tidy(own)
    return true
  }

  #tidy(own: number): void {
    const old = numbersIn(this.#real).filter((number) => number < own - kept)
    const left = readdirSync(this.#real).filter((name) => {
      if (!name.startsWith('claim-')) return false
      const made = statSync(join(this.#real, name), { throwIfNoEntry: false })
      return made !== undefined && made.mtimeMs < Date.now() - leftBehind
    })
    for (const name of [...old.map(nameOf), ...left]) {
      rmSync(join(this.#real, name), { force: true })
    }
  }

  /** False where no socket can be made. */
  async #listen(name: string): Promise<boolean> {
    const server = createServer((_request, response) => response.end(JSON.stringify(ownAnswer())))
    const names = socketNames(this.#real)
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(names.of(name), () => {
          server.off('error', reject)
          resolve()
        })
      })
      chmodSync(join(this.#real, name), 0o600)
      // It says that the process is there, and keeps it from nothing.
      this.#server = server.unref()
      return true
    } catch (thrown) {
      server.close()
      // It may be had a little later, unlike on a volume that has no sockets.
      if (['EMFILE', 'ENFILE', 'ENOMEM'].includes(String((thrown as NodeJS.ErrnoException).code))) {
        throw thrown
      }
      return false
    } finally {
      names.close()
    }
  }

  #newest(): number {
    return Math.max(0, ...numbersIn(this.#real))
  }
}

function numbersIn(folder: string): number[] {
  const names = readdirSync(folder)
  return names.flatMap((name) => (/^claim\.[1-9]\d{0,14}$/.test(name) ? [+name.slice(6)] : []))
}

function nameOf(number: number): string {
  return `claim.${number}`
}
