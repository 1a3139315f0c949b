/**
 * What went wrong with the spool as a whole, told with the cause and the cure.
 */
import { hostname } from 'node:os'
import type { Notice } from '../core.ts'
import { error } from '../error.ts'
import type { CeflineError } from '../error.ts'
import type { Answer } from './answers.ts'

/** By the system's name for it, or its number, which is all that LMDB gives. */
const cures: [names: (string | number)[], cure: string][] = [
  [['ENOSPC', 28], 'there is no room left; make room on the volume'],
  [['EDQUOT', 122], 'the quota is used up; raise it or make room'],
  [['EFBIG', 27], 'the file may not grow further; raise the limit (ulimit -f)'],
  [
    ['EROFS', 30],
    "the file system is read-only; the system's log says why, mount it for writing again",
  ],
  [
    ['EIO', 5],
    "the disk failed to read or to write; look at the system's log, and put the spool on another disk",
  ],
  [['EACCES', 'EPERM', 13, 1], 'this user may not; give it the folder and the files in it'],
  [
    ['EEXIST', 17, 'ENOTDIR', 20],
    'a file stands where the folder should be; remove it, or set another spool.folder',
  ],
  [['ENOENT', 2], 'there is no such folder, and none can be made there; set another spool.folder'],
  [['EMFILE', 'ENFILE', 24, 23], 'too many files are open; raise the limit (ulimit -n)'],
  [['ENOMEM', 12], 'there is too little memory; give the process more'],
]

/** LMDB's own errors that mean that its file is not as it should be (lmdb.h, Return Codes). */
const damaged = [-30797, -30796, -30794, -30793]

/** An error about the whole spool, for what the system or LMDB says. */
export function failed(folder: string, what: string, cause: unknown): CeflineError {
  const { message, code } = cause as { message: string; code?: string | number }
  if (typeof code === 'number' && damaged.includes(code)) {
    return error('spool-damaged', `spool ${folder} ${what}: ${message}; ${cureOfDamage}`, { cause })
  }
  const cure = cures.find(([names]) => code !== undefined && names.includes(code))?.[1]
  // LMDB goes on about pages and buffers.
  const [said] = message.split(': Attempting')
  const detail = code === undefined ? message : `${said} (${code})`
  return error(
    'spool-failed',
    `spool ${folder} ${what}: ${detail}${cure === undefined ? '' : `; ${cure}`}`,
    { cause },
  )
}

/** lmdb hides the system's error of a failed commit in a promise of the error's own. */
export async function causeOf(thrown: unknown): Promise<unknown> {
  const { commitError } = thrown as { commitError?: Promise<never> }
  if (!commitError) return thrown
  return commitError.catch((cause: unknown) => cause)
}

/** What to do about a file that cannot be opened or read. */
export const cureOfDamage =
  '"cefline spool verify" tells what can be read; put the folder back from a copy, or move it away to begin with an empty spool: then what it still held is not sent, and the sources begin anew'

export function inUse(folder: string, pid: number): CeflineError {
  return error(
    'spool-owner',
    `spool ${folder} is in use by process ${pid}; stop that one first, or give this one a spool.folder of its own`,
  )
}

/** A process holds the claim on the folder. One of another container has an id of its own there. */
export function claimed(folder: string, { pid, host }: Answer): CeflineError {
  const isHere = host === undefined || host === hostname()
  if (isHere && pid !== undefined && pid !== process.pid) return inUse(folder, pid)
  const one = pid === undefined ? 'a process that does not answer' : `process ${pid}`
  const where = isHere ? 'perhaps in another container' : `of ${host}`
  return elsewhere(folder, `${one}, ${where}`)
}

/** Said once for each opening: nothing has failed yet. */
export function unclaimed(folder: string): Notice {
  const message =
    `spool ${folder} could not be claimed: no socket can be made there, so a Cefline of another container would not ` +
    'see that it is in use, and would take it over; make room for files on its volume (df -i), or ' +
    'give it a volume that has sockets, and restart'
  return { level: 'warn', code: 'spool-unclaimed', message }
}

/** An appliance answers in the folder, perhaps one of a release without claims. */
export function answered(folder: string, { pid }: Answer): CeflineError {
  const one = pid === undefined || pid === process.pid ? 'an appliance' : `process ${pid}`
  return elsewhere(
    folder,
    `${one} that answers at cefline.sock in it, perhaps in another container`,
  )
}

function elsewhere(folder: string, who: string): CeflineError {
  return error(
    'spool-owner',
    `spool ${folder} is in use by ${who}; run only one on a folder: stop that one first, or give this one a spool.folder of its own`,
  )
}

export function takenOver(folder: string, pid: number): CeflineError {
  return error(
    'spool-owner',
    `spool ${folder} was taken over by process ${pid}; this process has stopped writing to it: run only one on a folder`,
    { retryAfter: Infinity },
  )
}
