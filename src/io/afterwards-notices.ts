/**
 * What `afterwards.ts` tells of files that were moved away.
 */
import type { Notice } from '../core.ts'
import { printableName } from './file-name.ts'
import { errnoOf } from './regular-file.ts'

export interface Told {
  /** Where the files come from, and where they are moved to; absolute paths. */
  folder: string
  target: string
  /** What had become of a file (`it had been read`), and what it means that it comes back. */
  told: { had: string; means: string }
}

const cure = 'Write under a name that ends in .tmp and rename, or raise settle'
/** Names in one notice. */
const mostNamed = 5

/** `given`: what it is called where it went back to. */
export function writtenNotice(name: Buffer, given: Buffer, { told }: Told): Notice {
  const as = given.equals(name) ? '' : ` as ${printableName(given)}`
  const what = `${printableName(name)} was written to after ${told.had}`
  return warning('file-changed', `${what}: it is read again${as}${told.means}. ${cure}`)
}

export function stuckNotice(name: Buffer, thrown: unknown, options: Told): Notice {
  const { folder, target, told } = options
  const errno = errnoOf(thrown) || String(thrown)
  const what = `${printableName(name)} was written to after ${told.had}`
  const where = `it cannot be moved back from ${target} to ${folder} (${errno})`
  const message = `${what}, and ${where}; it is tried again`
  return { level: 'error', code: 'write-failed', message }
}

export function adoptedNotice(names: string[], { target, told }: Told): Notice {
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : ''
  const which = `${names.slice(0, mostNamed).join(', ')}${more}`
  const what = `${which} in ${target} may have been written to after ${told.had}`
  return warning('file-changed', `${what}, while nobody looked: read again${told.means}`)
}

export function fullNotice(most: number, { target }: Told): Notice {
  const what = `more than ${most} files in ${target} are looked after for slow writers`
  return warning('files-forgotten', `${what}; some are not any more. ${cure}`)
}

function warning(code: string, message: string): Notice {
  return { level: 'warn', code, message }
}
