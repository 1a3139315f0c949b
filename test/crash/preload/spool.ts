/**
 * The built spool's classes, found at run time: that of the spool itself is not exported, so one is
 * opened in a folder of its own and asked for its prototype.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Batch, DestinationReject, Reached } from '../../../src/core.ts'
import type { openSpool } from '../../../src/spool/spool.ts'
import type { Order } from './order.ts'
import { wrap } from './wrap.ts'

export type Append = (this: object, queue: string, batch: Batch) => Promise<unknown>
export type Receipts = (
  this: object,
  destination: string,
  reached: ReadonlyMap<string, Reached>,
  rejects: DestinationReject[],
) => Promise<void>
type Write = (this: object, change: () => unknown) => Promise<unknown>

/** What `append` and `receipts` are methods of, with everything else of the spool. */
export async function spoolPrototype({ dist, scratch }: Order): Promise<object> {
  const built = (await import(`${dist}spool/spool.js`)) as { openSpool: typeof openSpool }
  const folder = join(scratch, `probe-${process.pid}`)
  mkdirSync(folder, { recursive: true })
  const remember = { age: 86_400_000, count: 1000 }
  const options = { folder, maxBytes: 1e8, reserve: 0, remember, destinations: new Map() }
  const spool = await built.openSpool({ ...options, queues: [] })
  const prototype = Object.getPrototypeOf(spool) as object
  await spool.close()
  rmSync(folder, { recursive: true })
  return prototype
}

/** Calls back inside the transaction of an append or of receipts, after its puts. */
export async function insideWrites(
  { dist }: Order,
  prototype: object,
  visit: (kind: 'append' | 'receipts') => void,
): Promise<void> {
  const kind = new AsyncLocalStorage<'append' | 'receipts'>()
  wrap<'append', Append>(prototype, 'append', (original) => {
    return function append(queue, batch) {
      if (batch.lines.count === 0) return original.call(this, queue, batch)
      return kind.run('append', () => original.call(this, queue, batch))
    }
  })
  wrap<'receipts', Receipts>(prototype, 'receipts', (original) => {
    return function receipts(...given) {
      return kind.run('receipts', () => original.apply(this, given))
    }
  })
  const { Store } = (await import(`${dist}spool/store.js`)) as { Store: { prototype: object } }
  wrap<'write', Write>(Store.prototype, 'write', (original) => {
    return function write(change) {
      const current = kind.getStore()
      return original.call(this, () => {
        const result = change()
        if (current) visit(current)
        return result
      })
    }
  })
}
