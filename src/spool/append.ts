/**
 * One append: what is new in a batch goes into the spool in one transaction, with the checkpoint
 * that follows it, the ids, the rejects, the ledger and the account; or nothing of it does.
 *
 * What was given before is found out first, against the memory of the queue; that memory learns of
 * the new ids only when the commit is durable, so that a failed one leaves no trace. Appends to one
 * queue, and to those that are joined with it, therefore wait for each other (`lmdb-spool.ts`).
 */
import type { Appended, Batch, Scratch } from '../core.ts'
import { error } from '../error.ts'
import { idBytes, pickLines } from '../io/lines.ts'
import { encodeBlock, splitLines } from './block.ts'
import { Fresh } from './fresh.ts'
import { inverted } from './ids.ts'
import { weight } from './weight.ts'
import type { QueueRecord, Records } from './records.ts'
import { packRejects } from './reject-entry.ts'
import type { NewReject } from './reject-entry.ts'
import type { Rejects } from './rejects.ts'
import type { Store } from './store.ts'
import type { Window, WindowChange } from './window.ts'

export interface AppendParts {
  store: Store
  records: Records
  window: Window
  rejects: Rejects
  now: () => number
}

/** `joined`: queues whose lines count as given, too. `also` is done in the same transaction, with the queue's record. */
export async function append(
  queue: string,
  batch: Batch,
  parts: AppendParts,
  joined: readonly string[] = [],
  also?: (record: QueueRecord) => void,
): Promise<Appended> {
  const { store, window } = parts
  const at = parts.now()
  const fresh = freshOf(queue, batch, window)
  const others = joined.filter((name) => name !== queue).map((name) => window.of(name))
  const { since } = window
  const isElsewhere = (ids: Uint8Array, offset = 0) =>
    others.some((remembered) => remembered.has(ids, offset, since))
  const { ids } = batch.lines
  const lines = pickLines(batch.lines, (index) => {
    return !isElsewhere(ids, index * idBytes) && fresh.take(ids, index * idBytes)
  })
  const isKnown = (id: Uint8Array) => fresh.known(id) || isElsewhere(id)
  const rejects = newRejects(queue, batch, { fresh, isKnown }, at)
  eachId(batch.remember, (ids, offset) => fresh.take(ids, offset))

  const done: Appended = {
    spooled: lines.count,
    alreadyGiven: batch.lines.count + batch.rejects.length - lines.count - rejects.length,
    rejected: rejects.length,
  }
  const pages = fresh.pages()
  const given = batch.read + batch.lines.count + batch.rejects.length + batch.ignored
  if (given === 0 && pages.length === 0 && batch.checkpoint === undefined && !also) return done

  const pieces = splitLines(lines.bytes)
  const packed = packRejects(rejects)
  const change = await store.write(() => {
    if (packed.length > 0) parts.rejects.add(packed)
    return commit(queue, batch, { done, pieces, pages, at, also }, parts)
  })
  window.changed(queue, change)
  return done
}

interface Prepared {
  done: Appended
  pieces: { count: number; bytes: Buffer }[]
  pages: Buffer[]
  at: number
  also: ((record: QueueRecord) => void) | undefined
}

/** LMDB copies a value when it is put, so one buffer serves them all. */
const scratch: Scratch = {}

/** Inside the write. */
function commit(queue: string, batch: Batch, prepared: Prepared, parts: AppendParts): WindowChange {
  const { store, records, window } = parts
  const { done, pieces, pages, at, also } = prepared
  const record = records.queue(queue)
  const account = records.account()
  for (const { count, bytes } of pieces) {
    const head = { queue, sequence: record.newest + 1, first: record.lines, at, count }
    const block = encodeBlock(head, bytes, scratch)
    store.blocks.putSync([queue, head.sequence], block)
    record.newest = head.sequence
    record.lines += count
    record.bytes += block.length
    account.bytes += weight(block.length)
  }
  const change = window.change(queue, record, pages)
  account.bytes += change.bytes
  record.ledger.read += batch.read
  record.ledger.spooled += done.spooled
  record.ledger.alreadyGiven += done.alreadyGiven
  record.ledger.rejected += done.rejected
  record.ledger.ignored += batch.ignored
  if (batch.checkpoint !== undefined) record.checkpoint = batch.checkpoint
  records.putAccount(account)
  also?.(record)
  records.putQueue(queue, record)
  return change
}

function freshOf(queue: string, batch: Batch, window: Window): Fresh {
  const { count, ids } = batch.lines
  if (ids.length !== count * idBytes || (batch.remember?.length ?? 0) % idBytes !== 0) {
    throw error(
      'internal',
      `source ${queue} gave ${count} lines with ${ids.length} bytes of ids and ${batch.remember?.length ?? 0} bytes to remember; each id has ${idBytes} bytes`,
    )
  }
  const most = count + batch.rejects.length + (batch.remember?.length ?? 0) / idBytes
  return new Fresh(window.of(queue), most, window.since)
}

/** Those not rejected before, and not given as a line; one without an id is always new. */
function newRejects(
  queue: string,
  batch: Batch,
  { fresh, isKnown }: { fresh: Fresh; isKnown: (id: Uint8Array) => boolean },
  at: number,
): NewReject[] {
  return batch.rejects
    .filter(({ id }) => id === undefined || (!isKnown(id) && fresh.take(inverted(id))))
    .map((reject) => ({ ...reject, at, source: queue }))
}

function eachId(ids: Uint8Array | undefined, visit: (ids: Uint8Array, offset: number) => void) {
  if (!ids) return
  for (let offset = 0; offset < ids.length; offset += idBytes) visit(ids, offset)
}
