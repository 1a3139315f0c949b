/**
 * Permissions mean nothing to root, which `.ci/run` is: what has to be refused runs as nobody.
 */
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const nobody = 65534

/** Runs `work` in a new folder that belongs to the user it runs as, who is never root. */
export async function unprivileged(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cefline-unprivileged-'))
  const isRoot = process.geteuid?.() === 0
  if (isRoot) chownSync(folder, nobody, nobody)
  if (isRoot) process.seteuid?.(nobody)
  try {
    await work(folder)
  } finally {
    if (isRoot) process.seteuid?.(0)
    rmSync(folder, { recursive: true, force: true })
  }
}
