/**
 * A step of `check`: looks, and tells what it saw or why it could not, with the time that it took.
 */
import { stat } from 'node:fs/promises'
import type { CheckStep } from '../core.ts'
import { asCefline } from '../error.ts'
import { errnoOf } from './regular-file.ts'

export async function step(name: string, look: () => Promise<string>): Promise<CheckStep> {
  const began = performance.now()
  const milliseconds = (): number => Math.round(performance.now() - began)
  try {
    return { name, ok: true, detail: await look(), milliseconds: milliseconds() }
  } catch (thrown) {
    return { name, ok: false, detail: asCefline(thrown).message, milliseconds: milliseconds() }
  }
}

/** False only when it is certain: what may not be looked at may be there. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (thrown) {
    return !['ENOENT', 'ENOTDIR'].includes(errnoOf(thrown))
  }
}
