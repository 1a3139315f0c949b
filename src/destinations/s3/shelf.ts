/**
 * The destination's folder: what is between a receipt and a crash.
 *
 *     draft-7.cef          being written; a crash makes it worthless, as its lines have no receipt
 *     NAME.cef.gz          closed: these bytes go into the bucket under this name, and no others
 *     NAME.closed          says so (JSON), written after them; from here on the boundaries stand
 *     NAME.stored          it is in the bucket; the files are gone. Kept until the next of its series
 *     origins.json         where in each queue the runs began, to know another spool when it comes
 *     newest.json          time of the newest name, once another spool has come
 *
 * A crash before `.closed`: the lines come again and make another object. After it: the same bytes go
 * again under the same key. After `.stored`: the lines that come again are left out. So each line is
 * in the bucket once, wherever the crash was. Every file is synced before the one that speaks of it.
 */
import { createHash } from 'node:crypto'
import { open, readFile, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Block } from '../../core.ts'
import { lineHead } from '../../io/lines.ts'
import { makeFolder } from '../../io/make-folder.ts'
import { isUpTo } from './key.ts'
import type { LineNumber } from './key.ts'
import { digestOfFile } from './output.ts'

/** What a closed draft is: an object, or two of the same lines. */
export interface Closed {
  /** Of its objects and files, without extension. They sort as they were closed. */
  name: string
  /** ms since 1970, as the name has it. */
  time: number
  queue: string
  series: string
  first: LineNumber
  last: LineNumber
  /** CRC-32 of the last line. */
  lastSum: number
  lines: number
  objects: ClosedObject[]
}

export interface ClosedObject {
  key: string
  /** In the folder. */
  file: string
  contentType: string
  size: number
  /** Of the file, in hexadecimal. */
  sha256: string
  /** Of the lines before compression, in hexadecimal. */
  linesSha256: string
  /** It is in the bucket, while another of the same lines is not. */
  isThere?: boolean
}

/** The first line of a queue that a run was given. */
interface Origin {
  sequence: number
  digest: string
}

export class Shelf {
  readonly folder: string
  /** Closed and not known to be in the bucket, in the order of their names. */
  readonly pending: Closed[] = []
  /** The newest of each series that is in the bucket. */
  readonly #stored = new Map<string, Closed>()
  #origins: Record<string, Origin> = {}
  /** ms since 1970 of the newest name. */
  newest = 0

  private constructor(folder: string) {
    this.folder = folder
  }

  /** Reads the folder, which is made where it is missing, and removes what a crash left half made. */
  static async open(folder: string): Promise<Shelf> {
    await makeFolder(folder, 0o700)
    const shelf = new Shelf(folder)
    await shelf.#read()
    return shelf
  }

  path(file: string): string {
    return join(this.folder, file)
  }

  /** Puts a closed draft's files, which are on the disk, under their names. Durable when it resolves:
   * from then on these are the object's boundaries and bytes. */
  async close(closed: Closed, paths: readonly string[]): Promise<void> {
    for (const [index, { file }] of closed.objects.entries()) {
      await rename(paths[index] ?? '', this.path(file))
    }
    await this.#sync()
    await this.#write(`${closed.name}.closed`, closed)
    this.newest = Math.max(this.newest, closed.time)
  }

  /** One of several objects is in the bucket. Durable when it resolves. */
  async uploaded(closed: Closed, object: ClosedObject): Promise<void> {
    object.isThere = true
    await this.#write(`${closed.name}.closed`, closed)
  }

  /** It is in the bucket. Durable when it resolves. */
  async stored(closed: Closed): Promise<void> {
    await rename(this.path(`${closed.name}.closed`), this.path(`${closed.name}.stored`))
    await this.#sync()
    for (const { file } of closed.objects) await this.#remove(file)
    await this.#keep(closed)
  }

  /** Up to which line a series is in the bucket. */
  reached(queue: string, series: string): Closed | undefined {
    return this.#stored.get(idOf(queue, series))
  }

  /**
   * The first block of a queue in this run: what is in the bucket before it is passed for good, so its
   * markers go. A block from before the one that an earlier run began with, or another one in its
   * place, is of another spool, whose numbers begin anew: then no marker holds. True when that is so.
   */
  async begin(block: Block): Promise<boolean> {
    const { queue, sequence } = block
    const origin = this.#origins[queue]
    const digest = digestOf(block)
    // A part that is not the first has another first line.
    const isStart = block.upTo === undefined || block.upTo === block.count
    const isOther =
      origin !== undefined &&
      (sequence < origin.sequence ||
        (sequence === origin.sequence && isStart && digest !== origin.digest))
    if (isOther) await this.forget(queue)
    for (const [id, closed] of this.#stored) {
      // The newest name of all stays: the next one's time must be after it.
      const isOver = closed.last.sequence < sequence && closed.time < this.newest
      if (closed.queue !== queue || !isOver) continue
      this.#stored.delete(id)
      await this.#remove(`${closed.name}.stored`)
    }
    if (isStart && (isOther || origin?.sequence !== sequence)) {
      this.#origins[queue] = { sequence, digest }
      await this.#write('origins.json', this.#origins)
    }
    return isOther
  }

  /** What is noted of a queue does not hold: it is another spool's. But names still only grow. */
  async forget(queue: string): Promise<void> {
    await this.#write('newest.json', this.newest)
    for (const [id, closed] of this.#stored) {
      if (closed.queue !== queue) continue
      this.#stored.delete(id)
      await this.#remove(`${closed.name}.stored`)
    }
  }

  async #read(): Promise<void> {
    const names = (await readdir(this.folder)).sort()
    const kept = new Set(['origins.json', 'newest.json'])
    this.newest = (await this.#readJson<number>('newest.json')) ?? 0
    const stored: Closed[] = []
    for (const name of names) {
      const isClosed = name.endsWith('.closed')
      if (!isClosed && !name.endsWith('.stored')) continue
      const closed = await this.#readJson<Closed>(name)
      if (!closed || (isClosed && !(await this.#isWhole(closed)))) continue
      kept.add(name)
      this.newest = Math.max(this.newest, closed.time)
      if (isClosed) {
        this.pending.push(closed)
        for (const { file } of closed.objects) kept.add(file)
      } else stored.push(closed)
    }
    for (const name of names) if (!kept.has(name)) await this.#remove(name)
    for (const closed of stored) await this.#keep(closed)
    this.#origins = (await this.#readJson<Record<string, Origin>>('origins.json')) ?? {}
  }

  /** The newest of a series speaks for those before it. */
  async #keep(closed: Closed): Promise<void> {
    const id = idOf(closed.queue, closed.series)
    const other = this.#stored.get(id)
    const older = other && isUpTo(closed.last, other.last) ? closed : other
    if (older !== closed) this.#stored.set(id, closed)
    if (older) await this.#remove(`${older.name}.stored`)
  }

  /** Files that somebody took away or changed are made again from the spool. */
  async #isWhole({ objects }: Closed): Promise<boolean> {
    for (const { file, sha256, isThere = false } of objects) {
      if (!isThere && (await digestOfFile(this.path(file))) !== sha256) return false
    }
    return true
  }

  /** Undefined for one that is missing, or was damaged: its lines come again. */
  async #readJson<T>(name: string): Promise<T | undefined> {
    try {
      return JSON.parse(await readFile(this.path(name), 'utf8')) as T
    } catch (thrown) {
      const isDamaged = thrown instanceof SyntaxError
      if (isDamaged || (thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw thrown
    }
  }

  /** Appears whole or not at all. */
  async #write(name: string, content: unknown): Promise<void> {
    const path = this.path(`${name}.new`)
    const file = await open(path, 'w', 0o600)
    try {
      await file.writeFile(JSON.stringify(content))
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(path, this.path(name))
    await this.#sync()
  }

  async #remove(name: string): Promise<void> {
    await rm(this.path(name), { force: true, recursive: true })
  }

  async #sync(): Promise<void> {
    const folder = await open(this.folder, 'r')
    await folder.sync().finally(() => folder.close())
  }
}

function idOf(queue: string, series: string): string {
  return `${queue}\0${series}`
}

/** Of the block's first line with its time and severity. */
function digestOf({ lines }: Block): string {
  const line = lines.subarray(0, lineHead + (lines.length === 0 ? 0 : lines.readUInt32LE(0)))
  return createHash('sha256').update(line).digest('hex')
}
