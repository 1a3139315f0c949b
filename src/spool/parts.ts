/**
 * What a spool is made of, put together.
 */
import { Blocks } from './blocks.ts'
import { Damaged } from './damaged.ts'
import { Extents } from './extents.ts'
import { Holes } from './holes.ts'
import type { SpoolOptions } from './interface.ts'
import { Readers } from './readers.ts'
import { Receipts } from './receipts.ts'
import { Records } from './records.ts'
import { Rejects } from './rejects.ts'
import { Room } from './room.ts'
import { Settings } from './settings.ts'
import { Standings } from './standings.ts'
import type { Store } from './store.ts'
import { Window } from './window.ts'

export type Parts = ReturnType<typeof makeParts>

export function makeParts(store: Store, options: SpoolOptions) {
  const { free, notice, now = Date.now } = options
  const lost = (message: string) => notice?.({ level: 'error', code: 'spool-damaged', message })
  const settings = new Settings(options)
  const records = new Records(store, lost)
  const holes = new Holes(store)
  const extents = new Extents(store, records, holes)
  const standings = new Standings(records, extents, holes)
  const damaged = new Damaged({ store, records, extents, holes, standings, now, notice })
  const blocks = new Blocks(store, records, damaged)
  const readers = new Readers({ store, records, blocks, extents, standings, settings })
  const rejects = new Rejects(store, records)
  const room = new Room(store, records, settings, free)
  const window = new Window(store, records, settings, now)
  const base = { store, records, standings, damaged, blocks, readers, rejects, room, now }
  return { ...base, extents, settings, window, receipts: new Receipts(base) }
}
