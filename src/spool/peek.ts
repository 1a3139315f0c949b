/**
 * Looks into a spool without owning it, beside a process that does: for `cefline check`.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isDouble } from './answers.ts'
import { claimant } from './claim.ts'
import { openEnvironment } from './environment.ts'
import { claimed } from './failure.ts'
import { inspectFiles } from './file.ts'
import { Records } from './records.ts'

/** The stored checkpoint of each queue that has one; empty when there is no spool. Throws
 * `spool-damaged`, `spool-owner` when the owner is a process of the same id in another container, or
 * LMDB's error when the folder cannot be read. */
export async function peekCheckpoints(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  if (!existsSync(join(folder, 'data.mdb'))) return found
  inspectFiles(folder)
  // LMDB would take this process for that one, and end it (measured).
  const owner = await claimant(folder)
  if (owner && isDouble(owner)) throw claimed(folder, owner)
  const environment = openEnvironment(folder, true)
  try {
    const records = new Records(environment)
    for (const queue of records.queues()) {
      const { checkpoint } = records.queue(queue)
      if (checkpoint !== undefined) found.set(queue, checkpoint)
    }
  } finally {
    await environment.root.close()
  }
  return found
}
