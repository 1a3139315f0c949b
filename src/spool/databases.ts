/**
 * The four databases of a spool, and what their keys are. `store.ts` has them as the owner,
 * `look.ts` as one who only reads.
 *
 * Keys: blocks and ids `[queue, number]`; rejects `number`; meta `[kind, …]`, values as JSON.
 */
import type { Database, Key } from 'lmdb'

export interface Databases {
  readonly blocks: Database<Buffer, Key>
  readonly ids: Database<Buffer, Key>
  readonly rejects: Database<Buffer, Key>
  readonly meta: Database<unknown, Key>
}

/** The range of the keys `[…start, after + 1]` to `[…start, upTo]`. */
export function between(
  start: readonly string[],
  after = 0,
  upTo = Number.MAX_SAFE_INTEGER - 1,
): { start: Key; end: Key } {
  return { start: [...start, after + 1], end: [...start, upTo + 1] }
}

/** The range of the keys that begin with this kind. */
export function under(kind: string): { start: Key; end: Key } {
  // Sorts behind every name that a configuration may have.
  return { start: [kind], end: [kind, '\u{10ffff}'] }
}
