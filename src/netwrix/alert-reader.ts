/**
 * Reads files of alerts, one after the other, as batches of CEF lines. It moves nothing and keeps
 * nothing: the worker thread runs it for the drop folder, `preview` runs it as it is.
 *
 * Small files share a batch, so that many of them cost one commit; what goes wrong with one of them
 * ends that one alone. No row is given under the digest of another content: a small file is read at
 * one moment, a large one is looked at before each batch, which until its end has no other file's
 * rows, and when it has changed what is in hand of it is thrown away.
 *
 * A file ends with a failure for `file-unreadable` (permission, gone; permanent when it is no regular
 * file), `header` (permanent) and `file-changed`. A row that cannot be read is a reject of its batch.
 */
import { basename } from 'node:path'
import type { Batch, Scratch } from '../core.ts'
import { rowPacker } from '../drop/batch.ts'
import { asError } from '../drop/portion.ts'
import type { DropFile, FileFailure, Portion } from '../drop/portion.ts'
import type { Reader } from '../drop/worker.ts'
import { asCefline } from '../error.ts'
import { FileBytes } from '../io/file-bytes.ts'
import { printableName } from '../io/file-name.ts'
import type { Mapper } from '../mappings/compile.ts'
import { compileMapping } from '../mappings/compile.ts'
import type { Profile } from '../mappings/netwrix.ts'
import type { MappingSpec } from '../mappings/options.ts'
import { AlertBatch } from './alert-batch.ts'
import { readContent } from './alert-content.ts'
import type { DateFormat, ReadDate } from './alert-date.ts'
import { dateReader } from './alert-date.ts'

export interface AlertReading {
  /** IANA name: the zone of dates without an offset. */
  timezone: string
  dateFormat: DateFormat
  profile: Profile
  mapping?: MappingSpec
}

/** One file, in this thread, left where it is, mapped by `map`; for `preview`. Throws what it ends
 * with. */
export function* readFileOnce(
  path: string,
  options: AlertReading,
  map?: Mapper,
): Generator<Batch, void> {
  const reader = new AlertReader(options, map)
  for (const { batch, ended } of reader.read([{ path: Buffer.from(path) }])) {
    for (const { failure } of ended) if (failure) throw asError(failure)
    yield batch
  }
}

export class AlertReader implements Reader {
  readonly #profile: AlertReading['profile']
  readonly #map: Mapper
  readonly #readDate: ReadDate
  readonly #packer = rowPacker()
  /** What a file's bytes are read into. */
  readonly #scratch: Scratch = {}

  /** Throws `config` when the time zone is none, or the mapping cannot be. */
  constructor(
    { timezone, dateFormat, profile, mapping }: AlertReading,
    map = compileMapping(mapping, 'mapping'),
  ) {
    this.#profile = profile
    this.#map = map
    this.#readDate = dateReader(timezone, dateFormat)
  }

  /** One list at a time. Each file ends with one of the batches, in their order. Never throws. */
  *read(files: DropFile[]): Generator<Portion, void> {
    const batch = new AlertBatch(this.#packer)
    for (const [index, file] of files.entries()) yield* this.#readOne(file, index, batch)
    if (!batch.isEmpty) yield batch.take()
  }

  giveBack(buffer: ArrayBuffer): void {
    this.#packer.giveBack(buffer)
  }

  *#readOne(file: DropFile, index: number, batch: AlertBatch): Generator<Portion, void> {
    const path = Buffer.from(file.path)
    const name = printableName(Buffer.from(basename(path.toString('latin1')), 'latin1'))
    const { digest } = file
    const options = {
      ...{ name, profile: this.#profile, map: this.#map, readDate: this.#readDate },
      ...(digest && { digest }),
    }
    let bytes: FileBytes | undefined
    let failure: FileFailure | undefined
    try {
      bytes = new FileBytes(path, name, this.#scratch, file.identity)
      if (!bytes.isWhole && !batch.isEmpty) yield batch.take()
      const pauses = readContent(bytes, options, batch)
      while (pauses.next().done !== true) {
        bytes.checkUnchanged()
        yield batch.take()
      }
      bytes.checkUnchanged()
    } catch (thrown) {
      if (bytes?.isWhole === false) batch.clear()
      failure = inParts(thrown, name)
    } finally {
      bytes?.close()
    }
    batch.end(failure ? { index, failure } : { index })
  }
}

/** The decoder does not know which file's header it reads. */
function inParts(thrown: unknown, name: string): FileFailure {
  const { code, message, permanent } = asCefline(thrown)
  return { code, message: code === 'header' ? `${name}: ${message}` : message, permanent }
}
