/**
 * Timelines in tests: read by a decoder in chunks of any size, and the real files that lie beside the
 * repository, where they do.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isEmpty } from '../../src/timeline/cell-value.ts'
import type { DecoderOptions, Item, TimelineDecoder } from '../../src/timeline/decoder.ts'
import { rowLimit } from '../../src/timeline/decoder.ts'
import type { TimelineEvent } from '../../src/timeline/event.ts'
import { fieldOf } from '../../src/timeline/field-names.ts'
import { isoOf } from '../../src/timeline/instant.ts'
import { root } from './root.ts'

export type MakeDecoder = (options: DecoderOptions) => TimelineDecoder

const realFiles = join(root, '..', 'shared', 'data', 'timelines')

/** Options for a tap test that reads this real file. */
export function needsReal(name: string): { skip: string | false } {
  return {
    skip: existsSync(join(realFiles, name)) ? false : `${name} is not beside the repository`,
  }
}

export function realFile(name: string): Buffer {
  return readFileSync(join(realFiles, name))
}

/** A small timeline of the tests' own. */
export function fixture(name: string): Buffer {
  return readFileSync(join(root, 'test', 'fixtures', 'timeline', name))
}

/** What the decoder gives of these bytes, in chunks of this size. */
export function itemsOf(
  make: MakeDecoder,
  bytes: Buffer | string,
  options: Partial<DecoderOptions> & { size?: number } = {},
): Item[] {
  const { size = Infinity, timezone = 'UTC' } = options
  const decoder = make({ timezone, rowLimit: options.rowLimit ?? rowLimit })
  const all = Buffer.from(bytes)
  const items: Item[] = []
  for (let at = 0; at < all.length; at += size) {
    const chunk = Buffer.from(all.subarray(at, at + size))
    items.push(...decoder.write(chunk))
    chunk.fill(0)
  }
  return [...items, ...decoder.end()]
}

/** The events; throws for a row that was refused. */
export function eventsOf(...parameters: Parameters<typeof itemsOf>): TimelineEvent[] {
  return itemsOf(...parameters).flatMap((item) => {
    if (item.kind === 'refused') throw new Error(`row ${item.row} ${item.reason}`)
    return item.kind === 'event' ? [item.event] : []
  })
}

/** Sets one field, whatever its name, as the readers of rows do. */
export function setField(
  event: TimelineEvent,
  name: string,
  value: unknown,
  timezone: string,
): void {
  if (!isEmpty(value)) fieldOf(name)(event, value, timezone, name)
}

/** An event without what is empty in it, its instant as ISO 8601. */
export function briefly(event: TimelineEvent): Record<string, unknown> {
  const entries = Object.entries({ ...event, instant: event.instant && isoOf(event.instant) })
  return Object.fromEntries(
    entries.filter(([, value]) => {
      return value !== '' && value !== undefined && !(Array.isArray(value) && value.length === 0)
    }),
  )
}

/** Each event's text, read again behind the decoder's head, gives the event once more. */
export function readAgain(make: MakeDecoder, bytes: Buffer | string): boolean[] {
  const options = { timezone: 'UTC', rowLimit }
  const decoder = make(options)
  const items = [...decoder.write(Buffer.from(bytes)), ...decoder.end()]
  return items.flatMap((item) => {
    if (item.kind !== 'event') return []
    const again = eventsOf(make, decoder.head + item.text())
    return [again.some((event) => JSON.stringify(event) === JSON.stringify(item.event))]
  })
}
