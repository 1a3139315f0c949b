/**
 * The events of one timeline, page after page, as lines for the spool: read by the decoder of Cado's
 * JSON and mapped as a file's rows are, so that a timeline that came as a file before adds nothing.
 *
 * The platform numbers its events. One with the same number and all else alike that comes again within
 * the timeline is the same event given twice, and left out; alike ones with numbers of their own are
 * several events. One that cannot be read or mapped is set aside with the reason.
 */
import { hash } from 'node:crypto'
import { setImmediate as breathe } from 'node:timers/promises'
import type { Batch } from '../core.ts'
import { writeExactly } from '../decoders/exact-json.ts'
import { error } from '../error.ts'
import { idBytes } from '../io/lines.ts'
import type { TimelineMapper } from '../mappings/cado.ts'
import { RowBatch, rowPacker } from '../drop/batch.ts'
import { cadoJsonDecoder } from '../timeline/cado-json.ts'
import { rowLimit } from '../timeline/decoder.ts'
import type { Item } from '../timeline/decoder.ts'
import { Occurrences } from '../timeline/occurrences.ts'
import type { TimelineOrigin } from '../timeline/origin.ts'
import { TimelineRows } from '../timeline/rows.ts'
import type { MappedAs } from '../timeline/rows.ts'
import { isJson } from './answer.ts'

/** Characters, a row of none counted as some: about 5 ms. */
const readAtOnce = 64 * 1024
const leastOfRow = 1024

export interface RowsOptions extends MappedAs {
  origin: TimelineOrigin
  map: TimelineMapper
}

export class PageRows {
  readonly #batch = new RowBatch(rowPacker())
  readonly #rows: TimelineRows
  readonly #given = new Occurrences()
  /** Given twice. */
  repeated = 0

  constructor({ origin, map, ...mappedAs }: RowsOptions) {
    this.#rows = new TimelineRows(origin, this.#batch, map, mappedAs)
  }

  get rejected(): number {
    return this.#rows.rejected
  }

  /** What becomes of a page's rows. `fresh`: how many of them this timeline did not have before. Others
   * of this thread, such as a destination's receipts, have their turn in between. */
  async take(rows: readonly unknown[]): Promise<{ batch: Batch; fresh: number }> {
    let fresh = 0
    let read = 0
    for (const [index, row] of rows.entries()) {
      const text = textOf(row)
      read += Math.max(leastOfRow, text?.length ?? 0)
      if (read > readAtOnce) {
        await breathe()
        read = 0
      }
      if (text === undefined) {
        fresh += 1
        this.#refuse(index + 1, 'is nested too deeply to be an event', '')
      } else if (this.#isRepeated(row, text)) {
        this.repeated += 1
        this.#batch.ignore()
      } else {
        fresh += 1
        this.#read(text, index + 1)
      }
    }
    return { batch: this.#batch.take().batch, fresh }
  }

  #isRepeated(row: unknown, text: string): boolean {
    const id = isJson(row) ? row['id'] : undefined
    if (id === undefined || id === null || id === '') return false
    const key = Buffer.from(hash('sha256', text, 'base64url'), 'base64url').subarray(0, idBytes)
    return this.#given.next(key) > 0
  }

  /** A decoder for each row: whatever one is, it is one item, and the others are not shifted by it. */
  #read(text: string, place: number): void {
    const decoder = cadoJsonDecoder({ timezone: 'UTC', rowLimit })
    const items: Item[] = [...decoder.write(Buffer.from(`${text}\n`)), ...decoder.end()]
    const [item, ...more] = items.filter(({ kind }) => kind !== 'ignored')
    if (!item || more.length > 0) {
      this.#refuse(place, 'is no event: the platform gave something else in its place', text)
      return
    }
    // The batch is a page's, however many rows it has: nothing is taken from it in between.
    for (const pause of this.#rows.take([{ ...item, row: place }], decoder)) {
      if (pause !== undefined) throw error('internal', 'rows pause with nothing')
    }
  }

  #refuse(place: number, reason: string, text: string): void {
    this.#rows.refuse(place, 'record', reason, '', text)
  }
}

/** Undefined for what is nested so deeply that it cannot be written again. */
function textOf(row: unknown): string | undefined {
  try {
    return writeExactly(row)
  } catch {
    return undefined
  }
}
