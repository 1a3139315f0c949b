/**
 * The spool: one durable queue of CEF lines per source, and a position per destination and queue, in
 * an LMDB environment that one process owns. What it guarantees:
 *
 * - An append is there whole or not at all, and once it resolves it outlives `kill -9` and power
 *   loss: lines, checkpoint, ids, rejects and ledger are one synced transaction.
 * - An id that its queue was given before within the window is left out and counted.
 * - A block stays until every destination that reads its queue has a receipt for it.
 * - Nothing is dropped in silence: what is full says so and changes nothing, what is damaged is set
 *   aside and counted, what is rejected is kept; and the books of every destination add up.
 */
import { asCefline } from '../error.ts'
import { unclaimed } from './failure.ts'
import type { LmdbSpool, SpoolOptions } from './interface.ts'
import { SpoolOnLmdb } from './lmdb-spool.ts'
import { placeOf } from './place.ts'
import { Store } from './store.ts'

export type { DamagedBlock } from './holes.ts'
export type * from './interface.ts'
export type { Slowest, Stranger } from './readers.ts'
export { schema } from './schema.ts'

/**
 * Opens the spool, or makes it. Throws `spool-owner` when another living process has it,
 * `spool-damaged` when its file cannot be opened safely, else `spool-failed`.
 */
export async function openSpool(options: SpoolOptions): Promise<LmdbSpool> {
  const place = placeOf(options)
  const store = await Store.open(place)
  try {
    const spool = new SpoolOnLmdb(store, options)
    await spool.load()
    if (!place.claim.isHeld) options.notice?.(unclaimed(options.folder))
    return spool
  } catch (thrown) {
    await store.close()
    throw asCefline(thrown, 'spool-failed')
  }
}
