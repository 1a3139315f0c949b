/**
 * A step of `check`: looks, and tells what it saw or why it could not, with the time that it took.
 */
import { stat } from 'node:fs/promises'
import type { CheckStep } from '../core.ts'
import { asCefline } from '../error.ts'
import { errnoOf } from './regular-file.ts'

/** What a step saw. */
export interface Seen {
  detail: string
  /** Set where somebody should see to it soon. */
  warning?: true
}

/** What is seen, as the fields of a step. */
export function seen(given: string | Seen): Seen {
  return typeof given === 'string' ? { detail: given } : given
}

export async function step(name: string, look: () => Promise<string | Seen>): Promise<CheckStep> {
  const began = performance.now()
  const milliseconds = (): number => Math.round(performance.now() - began)
  try {
    return { name, ok: true, ...seen(await look()), milliseconds: milliseconds() }
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
