/**
 * Looks into a spool without owning it, beside a process that does: for `cefline check`.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { open } from 'lmdb'
import type { Key } from 'lmdb'
import { inspectFile } from './file.ts'
import type { QueueRecord } from './records.ts'

/** The stored checkpoint of each queue that has one; empty when there is no spool. Throws
 * `spool-damaged`, or LMDB's error when the folder cannot be read. */
export async function peekCheckpoints(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  const file = join(folder, 'data.mdb')
  if (!existsSync(file)) return found
  inspectFile(file)
  const environment = open({ path: folder, noSubdir: false, readOnly: true })
  try {
    const meta = environment.openDB<QueueRecord, Key>({ name: 'meta', encoding: 'json' })
    for (const { key, value } of meta.getRange({
      start: ['queue'],
      end: ['queue', '\u{10ffff}'],
    })) {
      const [, queue] = key as string[]
      if (queue !== undefined && value.checkpoint !== undefined) found.set(queue, value.checkpoint)
    }
  } finally {
    await environment.close()
  }
  return found
}
