/**
 * Reads one file of alerts to its end, as batches of CEF lines. It moves nothing and keeps nothing:
 * the worker thread runs it for the drop folder, `preview` runs it as it is.
 *
 * Two passes over one open file: the first one makes the digest that is the rows' identity and finds
 * the encoding, the second one reads the rows. Before each batch is given the file is looked at, and
 * when it has changed since the first pass reading stops with `file-changed`, so no row is given
 * under the digest of another content. Every file gives at least one batch.
 *
 * Errors: `file-unreadable` (permission, gone; permanent when it is no regular file), `header`
 * (permanent), `file-changed`. A row that cannot be read is a reject of its batch.
 */
import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import type { Batch } from '../core.ts'
import { DelimitedDecoder } from '../decoders/delimited.ts'
import type { Row } from '../decoders/delimited.ts'
import type { Encoded, Transcoder } from '../decoders/text.ts'
import { Survey, transcoder } from '../decoders/text.ts'
import { asCefline, error } from '../error.ts'
import { changed, FileBytes } from '../io/file-bytes.ts'
import { printableName } from '../io/file-name.ts'
import { printable, shorten } from '../io/printable.ts'
import type { FileIdentity } from '../io/regular-file.ts'
import { isSame, openRegular } from '../io/regular-file.ts'
import { AlertBatch, alertPacker } from './alert-batch.ts'
import type { Column } from './alert-columns.ts'
import { columnsOf } from './alert-columns.ts'
import type { DateFormat, ReadDate } from './alert-date.ts'
import { dateReader } from './alert-date.ts'
import { readRow, rowText } from './alert-rows.ts'

export interface AlertReading {
  /** IANA name: the zone of dates without an offset. */
  timezone: string
  dateFormat: DateFormat
  profile: 'standard' | 'classic'
}

export interface AlertFile {
  path: Uint8Array
  /** As it was when it was found; another one under the path is `file-changed`. */
  identity?: FileIdentity
}

/** One file, in this thread, left where it is; for `preview`. */
export function readFileOnce(path: string, options: AlertReading): AsyncGenerator<Batch> {
  return readAlerts({ path: Buffer.from(path) }, options)
}

/** A `packer` may serve many files, one after the other. */
export async function* readAlerts(
  file: AlertFile,
  options: AlertReading,
  packer = alertPacker(),
): AsyncGenerator<Batch, void, undefined> {
  const path = Buffer.from(file.path)
  const name = printableName(Buffer.from(basename(path.toString('latin1')), 'latin1'))
  const readDate = dateReader(options.timezone, options.dateFormat)
  const { handle, identity } = await openRegular(path, name)
  try {
    if (file.identity && !isSame(file.identity, identity)) throw changed(name)
    const bytes = new FileBytes(handle, name, identity)
    const { digest, encoded } = await survey(bytes)
    const batch = new AlertBatch(
      {
        name,
        digest,
        profile: options.profile,
        receivedAt: Number(identity.mtimeNs / 1_000_000n),
      },
      packer,
    )
    noteEncoding(batch, encoded, name)
    const rows = new AlertRows(name, readDate, batch)
    let given = false
    for await (const decoded of decode(bytes, transcoder(encoded), rows.decoder)) {
      for (const full of rows.take(decoded)) {
        await bytes.checkUnchanged()
        given = true
        yield full
      }
    }
    rows.end()
    await bytes.checkUnchanged()
    if (!given || !batch.isEmpty) yield batch.take()
  } catch (thrown) {
    throw withName(thrown, name)
  } finally {
    await handle.close()
  }
}

/** The rows of each chunk, to be taken before the next chunk is asked for. */
async function* decode(
  bytes: FileBytes,
  text: Transcoder,
  decoder: DelimitedDecoder,
): AsyncGenerator<Iterable<Row[]>> {
  for await (const chunk of bytes.chunks()) yield decoder.write(text.write(chunk))
  yield decoder.write(text.end())
  yield decoder.end()
}

/** Takes decoded rows into the batch. */
class AlertRows {
  readonly decoder = new DelimitedDecoder()
  readonly #name: string
  readonly #readDate: ReadDate
  readonly #batch: AlertBatch
  #columns: Column[] | undefined
  #count = 0

  constructor(name: string, readDate: ReadDate, batch: AlertBatch) {
    this.#name = name
    this.#readDate = readDate
    this.#batch = batch
  }

  /** Gives the batches that are full. */
  *take(decoded: Iterable<Row[]>): Generator<Batch> {
    for (const rows of decoded) {
      const columns = (this.#columns ??= this.#plan())
      for (const row of rows) {
        this.#add(row, columns)
        if (this.#batch.isFull) yield this.#batch.take()
      }
    }
  }

  /** A file without any row is said to be one: it may be a test, or a fault of the writer. */
  end(): void {
    if (this.decoder.header) this.#columns ??= this.#plan()
    if (this.#count > 0) return
    const message = `${this.#name} has ${this.#columns ? 'a header and no rows' : 'no content'}`
    this.#batch.notice({ level: 'info', code: 'empty-file', message })
  }

  #add({ row, cells, broken }: Row, columns: Column[]): void {
    this.#count += 1
    if (broken) {
      this.#refuseBroken(row, broken)
      return
    }
    try {
      const verdict = readRow(cells, columns, this.#readDate)
      if (verdict.kind === 'record') this.#batch.add(verdict.record, row)
      else if (verdict.kind === 'ignored') this.#batch.ignore()
      else this.#refuse(row, verdict.code, verdict.reason, cells)
    } catch (thrown) {
      // No row stops its file, not even one that shows a fault of ours.
      const failure = asCefline(thrown)
      this.#refuse(row, failure.code, `cannot be mapped: ${failure.message}`, cells)
    }
  }

  #refuseBroken(row: number, { problem, reason, line }: NonNullable<Row['broken']>): void {
    const code = problem === 'too-large' ? 'too-large' : 'row'
    const cure =
      problem === 'too-large'
        ? 'only its beginning is kept'
        : 'a quote that begins a cell must have its pair, and quotes inside must be doubled'
    this.#batch.refuse(row, code, `${reason}; ${cure}`, line)
  }

  #refuse(
    row: number,
    code: ReturnType<typeof asCefline>['code'],
    reason: string,
    cells: string[],
  ) {
    this.#batch.refuse(row, code, reason, rowText(cells, this.decoder.delimiter))
  }

  #plan(): Column[] {
    const header = this.decoder.header ?? []
    const columns = columnsOf(header)
    if (columns) return columns
    const found = shorten(printable(header.join(', ')), 200)
    throw error(
      'header',
      `the header "${found}" has no column that is known; ` +
        'one of When, Who, Action, What, Where, Object Type, Data Source, RID, Details is needed',
      { permanent: true },
    )
  }
}

async function survey(bytes: FileBytes): Promise<{ digest: Buffer; encoded: Encoded }> {
  const hash = createHash('sha256')
  const encoding = new Survey()
  for await (const chunk of bytes.chunks()) {
    hash.update(chunk)
    encoding.update(chunk)
  }
  return { digest: hash.digest(), encoded: encoding.end() }
}

function noteEncoding(batch: AlertBatch, { encoding, valid }: Encoded, name: string): void {
  if (valid && encoding !== 'windows-1252') return
  const message = valid
    ? `${name} is not UTF-8 and has no byte order mark; it is read as windows-1252`
    : `${name} says that it is UTF-8 and is not; its bad bytes are shown as U+FFFD`
  batch.notice({ level: 'warn', code: 'encoding', message })
}

/** The decoder does not know which file's header it reads. */
function withName(thrown: unknown, name: string): unknown {
  const failure = asCefline(thrown)
  if (failure.code !== 'header') return thrown
  return error('header', `${name}: ${failure.message}`, { cause: thrown, permanent: true })
}
