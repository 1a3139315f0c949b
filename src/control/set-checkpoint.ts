/**
 * Sets where a source of the Integration API goes on, for `cefline mark`: an append without lines, so
 * that it is as durable as a page. The caller sees to it that the source does not run meanwhile.
 */
import type { Spool } from '../core.ts'
import { error } from '../error.ts'
import { noLines } from '../io/lines.ts'
import type { Status } from '../status/status.ts'
import type { NewCheckpoint } from './verbs.ts'

/** Throws `not-found` for a source that keeps no mark. */
export function requirePolled(source: string, { sources }: Status): void {
  const polled = sources.filter(({ type }) => type === 'netwrix-api').map(({ name }) => name)
  if (polled.includes(source)) return
  const known = polled.map((name) => `"${name}"`).join(', ') || 'there is none'
  throw error('not-found', `"${source}" is no source of type netwrix-api (${known})`)
}

/** Resolves to the one of before. Throws `refused` where there is one that may not go. */
export async function storeCheckpoint(
  { source, checkpoint, replace }: NewCheckpoint,
  spool: Pick<Spool, 'append' | 'checkpoint'>,
): Promise<{ before?: string }> {
  const before = spool.checkpoint(source)
  if (before !== undefined && !replace) {
    throw error(
      'refused',
      `"${source}" has a mark already, and goes on from there; to replace it, add --yes`,
    )
  }
  await spool.append(source, { read: 0, lines: noLines, rejects: [], ignored: 0, checkpoint })
  return before === undefined ? {} : { before }
}
