/**
 * Notices that what a configuration was made of has changed: the files are read again and again and
 * their digests compared. Events of the file system are not used, as they miss what happens on a
 * share of another machine and behind a symbolic link that is swapped (Kubernetes' secrets). A new
 * content is told when it has stood still for one more look, so that half a file is not taken.
 *
 * What was told is not told again until it changes again. At first nothing was told: the first
 * content that stands still is told too, for it may have changed since the configuration was read.
 */
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** ms from one look to the next. */
const usualInterval = 1000
/** Nothing larger is a configuration, a secret or a certificate: it is known by its date and size. */
const mostBytes = 1024 * 1024

export class FileWatch {
  /** What was told last, by path. */
  #told: ReadonlyMap<string, string> = new Map()
  readonly #files: () => readonly string[]
  readonly #interval: number

  /** `files` is asked at each look, for they may become others. */
  constructor(files: () => readonly string[], interval = usualInterval) {
    this.#files = files
    this.#interval = interval
  }

  /** Calls `changed`, one call at a time, until aborted. */
  async run(changed: () => Promise<void>, signal: AbortSignal): Promise<void> {
    let before: ReadonlyMap<string, string> = new Map()
    while (await this.#pause(signal)) {
      const now = await this.#look()
      const stands = isSame(now, before)
      before = now
      if (!stands || isSame(now, this.#told)) continue
      this.#told = now
      await changed()
    }
  }

  async #look(): Promise<ReadonlyMap<string, string>> {
    const paths = [...new Set(this.#files())].sort()
    return new Map(
      await Promise.all(paths.map(async (path) => [path, await digest(path)] as const)),
    )
  }

  /** False when it was aborted. */
  async #pause(signal: AbortSignal): Promise<boolean> {
    await sleep(this.#interval, undefined, { signal }).catch(() => {})
    return !signal.aborted
  }
}

/** The content's digest; what cannot be read is a content of its own. */
async function digest(path: string): Promise<string> {
  try {
    const found = await stat(path)
    // To read a pipe would take from it, or wait for ever.
    if (!found.isFile()) return 'no file'
    if (found.size > mostBytes) return `${found.size} ${found.mtimeMs}`
    return createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
  } catch (thrown) {
    return String((thrown as NodeJS.ErrnoException).code)
  }
}

function isSame(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  if (one.size !== other.size) return false
  return [...one].every(([path, content]) => other.get(path) === content)
}
