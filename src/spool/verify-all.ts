/**
 * The reading of `verify.ts`: all of a spool, a few values at a time, so that the process that owns
 * it is not kept from giving pages free, and each time as it is by then.
 */
import { setImmediate as turn } from 'node:timers/promises'
import type { Key } from 'lmdb'
import { decodeOwn } from './block.ts'
import { openEnvironment } from './environment.ts'
import type { Environment } from './environment.ts'
import { Extents } from './extents.ts'
import { Holes } from './holes.ts'
import { decodeIds } from './ids.ts'
import { idBytes } from '../io/lines.ts'
import { Records } from './records.ts'
import { unpackRejects } from './reject-entry.ts'
import { damaged, unsealed } from './sealed.ts'
import type { Counts, Said } from './verify.ts'

/** Values read in one look. */
const atOnce = 64

type Name = (string | number)[]
type Kind = 'blocks' | 'ids' | 'rejects' | 'meta'

/** Tells what it finds, and before each value that it reads it. Throws what LMDB throws, or the
 * signal's reason. */
export async function verifyAll(
  folder: string,
  say: (what: Said) => void,
  signal?: AbortSignal,
): Promise<void> {
  const counts: Counts = { blocks: 0, lines: 0, bytes: 0, ids: 0, rejects: 0 }
  const environment = openEnvironment(folder, true)
  const records = new Records(environment)
  const extents = new Extents(environment, records, new Holes(environment))
  const other = (queue: string, reason: string) =>
    say({ damaged: { queue, sequence: 0, lines: 0, reason } })
  const each = (kind: Kind, visit: (key: Name, bytes: Buffer) => void) =>
    eachOf(environment, kind, (at) => say({ at, counts }), visit, signal)
  try {
    await each('meta', ([kind = '', ...names], bytes) => {
      // A line that was rejected is noted by its key alone.
      if (kind === 'rejected' || unsealed([kind, ...names], bytes) !== damaged) return
      other(String(names.at(-1) ?? ''), `the record "${[kind, ...names].join(' ')}" is damaged`)
    })
    await each('ids', ([queue = '', page = 0], bytes) => {
      const ids = decodeIds(bytes)
      if (ids) counts.ids += ids.ids.length / idBytes
      else other(String(queue), `page ${page} of its remembered ids is damaged`)
    })
    await each('rejects', ([first = 0], bytes) => {
      const rejects = unpackRejects(Number(first), bytes)
      if (rejects) counts.rejects += rejects.length
      else other('', `the entry of rejects from number ${first} on is damaged`)
    })
    await each('blocks', ([queue = '', sequence = 0], bytes) => {
      const key = { queue: String(queue), sequence: Number(sequence) }
      try {
        counts.lines += decodeOwn(key, bytes).count
        counts.blocks += 1
        counts.bytes += bytes.length
      } catch (thrown) {
        const { count: lines } = extents.lost(key.queue, key.sequence)
        say({ damaged: { ...key, lines, reason: (thrown as Error).message } })
      }
    })
  } finally {
    say({ counts })
    await environment.root.close()
  }
}

async function eachOf(
  environment: Environment,
  kind: Kind,
  say: (at: string) => void,
  visit: (key: Name, bytes: Buffer) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  let last: Key | undefined
  for (;;) {
    const from = last === undefined ? {} : { start: last, exclusiveStart: true }
    say(`looking for the next ${names[kind]}`)
    const keys = [...environment[kind].getKeys({ ...from, limit: atOnce })]
    for (const key of keys) {
      const name = (Array.isArray(key) ? key : [key]) as Name
      say(`reading ${names[kind]} ${name.join(' ')}`)
      const bytes = environment[kind].getBinary(key)
      if (bytes) visit(name, bytes)
    }
    if (keys.length < atOnce) return
    last = keys.at(-1)
    environment.root.resetReadTxn()
    await turn()
    signal?.throwIfAborted()
  }
}

const names: Record<Kind, string> = {
  blocks: 'block',
  ids: 'page of ids',
  rejects: 'entry of rejects',
  meta: 'record',
}
