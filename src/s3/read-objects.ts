/**
 * Which objects of a folder have been read: the checkpoint of the source `s3`, 25 kB at most.
 *
 * Keys say little of what is new: another writer, or a retry, may put one below those that were read.
 * So the folder is listed again and again, in passes, and an object is due when it was modified
 * since `from` and is not known. Known are the last 1,000 that were read, here, by key and ETag, and
 * many more by the spool's remembered ids. After a pass, `from` becomes
 *
 * - seven days before that pass began (an upload in parts that took seven days has the time of its
 *   beginning), or the oldest of the 1,000 when those do not reach that far back;
 * - yet always an hour at least before the pass began, for what came meanwhile, and for clocks, and
 *   never later than an object that the pass could not read.
 *
 * So what is known need not be remembered for ever, and nothing is read in a loop when the spool
 * forgets. The first pass goes on after the last key that it was done with, over any restart.
 */
import { createHash } from 'node:crypto'
import type { ObjectVersion } from './bucket.ts'

export interface Modified {
  /** ms since 1970, of the service's clock. */
  modified: number
}

/** What is kept of an object's digest here; the spool keeps 16 bytes. */
const digestBytes = 11
/** With the time of its modification in seconds, 32 bits. */
const entryBytes = digestBytes + 4
const mostKnown = 1_000
const day = 24 * 60 * 60_000
const lookBack = 7 * day
const overlap = day / 24
const version = 1

/** All in ms since 1970. */
interface Pass {
  began: number
  /** The key up to which it came. */
  after: string
  /** Modification of the oldest object that could not be read. */
  failed: number | null
}

interface Stored {
  version: number
  /** Where: bucket and folder. */
  of: string
  from: number | null
  floor: number
  pass: Pass | null
  known: string
}

export class ReadObjects {
  readonly #of: string
  /** ms before the first pass. */
  readonly #since: number
  /** What was modified before it (ms since 1970) is passed over; null: no pass has begun. */
  #from: number | null = null
  /** The newest modification among those that had to be forgotten. */
  #floor = 0
  #pass: Pass | null = null
  /** Digest → seconds of its modification. */
  readonly #known = new Map<string, number>()
  #isChanged = false

  /** `of` names bucket and folder: a checkpoint of others is not taken. `since`: how old (ms) objects may
   * be that the first pass finds; 0: any. */
  constructor(checkpoint: string | undefined, of: string, since: number) {
    this.#of = of
    this.#since = since
    const stored = readStored(checkpoint)
    if (stored?.of !== of) {
      this.#isChanged = true
      return
    }
    this.#from = stored.from
    this.#floor = stored.floor
    this.#pass = stored.pass
    const entries = Buffer.from(stored.known, 'base64')
    for (let at = 0; at + entryBytes <= entries.length; at += entryBytes) {
      const digest = entries.toString('latin1', at, at + digestBytes)
      this.#known.set(digest, entries.readUInt32LE(at + digestBytes))
    }
  }

  /** ms since 1970. */
  get from(): number {
    return this.#from ?? 0
  }

  /** The key after which the pass that was begun goes on; undefined: none is under way. */
  get after(): string | undefined {
    return this.#pass?.after
  }

  /** There is more to keep than what was written last. */
  get isChanged(): boolean {
    return this.#isChanged
  }

  knows(id: Buffer): boolean {
    return this.#known.has(shortened(id))
  }

  /** It was read, or never will be. */
  add(id: Buffer, { modified }: Modified): void {
    this.#isChanged = true
    this.#known.set(shortened(id), Math.max(0, Math.floor(modified / 1000)))
    if (this.#known.size > mostKnown) this.#forgetOldest()
  }

  /** `now`: ms since 1970 by the service's clock, which objects are dated by: ours may be wrong, and by it
   * all of them would be too old. */
  beginPass(now: number): void {
    this.#isChanged = true
    this.#from ??= this.#since === 0 ? 0 : now - this.#since
    // It was ahead and has been put right. By a time to come nothing would be found until then.
    if (this.#from > now) this.#from = now - lookBack
    this.#pass = { began: now, after: '', failed: null }
  }

  /** Everything up to this key is done with in this pass. */
  passed(key: string): void {
    if (!this.#pass) return
    this.#isChanged = true
    this.#pass.after = key
  }

  /** An object of this pass could not be read now: the next one must find it. */
  failed({ modified }: Modified): void {
    if (!this.#pass) return
    this.#isChanged = true
    this.#pass.failed = Math.min(this.#pass.failed ?? Infinity, modified)
  }

  endPass(): void {
    if (!this.#pass) return
    this.#isChanged = true
    const { began, failed } = this.#pass
    this.#pass = null
    const reached = Math.max(began - lookBack, this.#floor)
    this.#from = Math.max(this.from, Math.min(began - overlap, reached, failed ?? Infinity))
    for (const [digest, seconds] of this.#known) {
      if ((seconds + 1) * 1000 <= this.from) this.#known.delete(digest)
    }
  }

  /** The checkpoint; undefined when it is as it was. */
  write(): string | undefined {
    if (!this.#isChanged) return undefined
    this.#isChanged = false
    const known = Buffer.alloc(this.#known.size * entryBytes)
    let at = 0
    for (const [digest, seconds] of this.#known) {
      known.write(digest, at, 'latin1')
      known.writeUInt32LE(seconds, at + digestBytes)
      at += entryBytes
    }
    const stored: Stored = {
      version,
      of: this.#of,
      from: this.#from,
      floor: this.#floor,
      pass: this.#pass,
      known: known.toString('base64'),
    }
    return JSON.stringify(stored)
  }

  #forgetOldest(): void {
    let oldest: [digest: string, seconds: number] | undefined
    for (const entry of this.#known) if (!oldest || entry[1] < oldest[1]) oldest = entry
    if (!oldest) return
    this.#known.delete(oldest[0])
    this.#floor = Math.max(this.#floor, (oldest[1] + 1) * 1000)
  }
}

/** The id (16 bytes) of one version of an object; `what` tells several uses of it apart. */
export function versionId(bucket: string, { key, etag }: ObjectVersion, what: string): Buffer {
  const text = JSON.stringify(['s3', what, bucket, key, etag])
  return createHash('sha256').update(text).digest().subarray(0, 16)
}

function shortened(id: Buffer): string {
  return id.toString('latin1', 0, digestBytes)
}

function readStored(checkpoint: string | undefined): Stored | undefined {
  if (checkpoint === undefined) return undefined
  try {
    const stored = JSON.parse(checkpoint) as Stored
    return stored.version === version ? stored : undefined
  } catch {
    // Of another source that had the name before.
    return undefined
  }
}
