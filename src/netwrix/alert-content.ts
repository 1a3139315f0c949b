/**
 * The content of one alert file → rows in a batch.
 *
 * Two passes over its bytes: the first one makes the digest that is the rows' identity and finds the
 * encoding, the second one reads the rows. No row stops its file.
 */
import { createHash } from 'node:crypto'
import { DelimitedDecoder } from '../decoders/delimited.ts'
import type { Row } from '../decoders/delimited.ts'
import type { Encoded } from '../decoders/text.ts'
import { Survey, transcoder } from '../decoders/text.ts'
import type { Code } from '../error.ts'
import { asCefline } from '../error.ts'
import type { FileBytes } from '../io/file-bytes.ts'
import type { AlertBatch, AlertOrigin } from './alert-batch.ts'
import type { Column } from './alert-columns.ts'
import { knownColumns } from './alert-columns.ts'
import type { ReadDate } from './alert-date.ts'
import { AlertIds } from './alert-ids.ts'
import { headerText, rowText } from './alert-record.ts'
import { brokenReason, readRow } from './alert-rows.ts'

export interface ContentOptions {
  /** The file's name, printable. */
  name: string
  profile: AlertOrigin['profile']
  map: AlertOrigin['map']
  readDate: ReadDate
  /** Stands in the rows' ids for the digest of the bytes. */
  digest?: Uint8Array
}

/** Reads to the end. Pauses whenever the batch is full, for it to be taken. Throws `header`
 * (permanent), with nothing in the batch, and what `bytes` throws. */
export function* readContent(
  bytes: FileBytes,
  { name, profile, map, readDate, digest }: ContentOptions,
  batch: AlertBatch,
): Generator<undefined, void> {
  const { digest: ownDigest, encoded } = survey(bytes)
  const receivedAt = Number(bytes.identity.mtimeNs / 1_000_000n)
  const ids = new AlertIds(digest ? Buffer.from(digest) : ownDigest)
  const origin = { name, profile, map, receivedAt, ids }
  const rows = new Rows(origin, readDate, batch)
  const text = transcoder(encoded)
  for (const chunk of bytes.chunks()) yield* rows.take(rows.decoder.write(text.write(chunk)))
  yield* rows.take(rows.decoder.write(text.end()))
  yield* rows.take(rows.decoder.end())
  rows.end()
  noteEncoding(batch, encoded, name)
}

/** Takes decoded rows into the batch. */
class Rows {
  readonly decoder = new DelimitedDecoder()
  readonly #origin: AlertOrigin
  readonly #readDate: ReadDate
  readonly #batch: AlertBatch
  #columns: Column[] | undefined
  /** As it is kept beside a row that is set aside; made for the first of them. */
  #headerText: string | undefined
  #count = 0

  constructor(origin: AlertOrigin, readDate: ReadDate, batch: AlertBatch) {
    this.#origin = origin
    this.#readDate = readDate
    this.#batch = batch
  }

  *take(decoded: Iterable<Row[]>): Generator<undefined, void> {
    for (const rows of decoded) {
      const columns = (this.#columns ??= knownColumns(this.decoder.header ?? []))
      for (const row of rows) {
        this.#add(row, columns)
        if (this.#batch.isFull) yield
      }
    }
  }

  /** A file without any row is said to be one: it may be a test, or a fault of the writer. */
  end(): void {
    const { header } = this.decoder
    if (header) this.#columns ??= knownColumns(header)
    if (this.#count > 0) return
    const what = header ? 'a header and no rows' : 'no content'
    const message = `${this.#origin.name} has ${what}`
    this.#batch.notice({ level: 'info', code: 'empty-file', message })
  }

  #add({ row, cells, broken }: Row, columns: Column[]): void {
    this.#count += 1
    if (broken) {
      const { code, reason } = brokenReason(broken)
      this.#refuse(row, code, reason, broken.line)
      return
    }
    try {
      const verdict = readRow(cells, columns, this.#readDate)
      if (verdict.kind === 'record') this.#batch.addRecord(verdict.record, row, this.#origin)
      else if (verdict.kind === 'ignored') this.#batch.ignore()
      else this.#refuse(row, verdict.code, verdict.reason, this.#textOf(cells))
    } catch (thrown) {
      // No row stops its file, not even one that shows a fault of ours.
      const { code, message } = asCefline(thrown)
      this.#refuse(row, code, `cannot be mapped: ${message}`, this.#textOf(cells))
    }
  }

  #refuse(row: number, code: Code, reason: string, text: string): void {
    const { header = [], delimiter } = this.decoder
    this.#headerText ??= headerText(header, delimiter)
    this.#batch.refuseRow(row, { code, reason, header: this.#headerText, text }, this.#origin)
  }

  #textOf(cells: string[]): string {
    return rowText(cells, this.decoder.delimiter)
  }
}

function survey(bytes: FileBytes): { digest: Buffer; encoded: Encoded } {
  const hash = createHash('sha256')
  const encoding = new Survey()
  for (const chunk of bytes.chunks()) {
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
