/**
 * Whether an appliance answers on a folder, found out before LMDB is opened. LMDB knows its readers
 * by process id: of two containers where both are 1, the second one takes the first one's place in
 * the table, and both hang or crash inside LMDB before the owner's record (`owner.ts`) is looked at.
 * A socket in the folder tells them apart, as it is connected to across containers.
 */
import { get } from 'node:http'
import { join, relative } from 'node:path'

/** ms in which a process that lives tells its id. */
const patience = 500
/** Nobody listens, or nobody may be asked: what the folder says of its owner decides. */
const nobody = ['ENOENT', 'ECONNREFUSED', 'ENOTSOCK', 'ENOTDIR', 'EACCES', 'EPERM', 'EINVAL']

/** Undefined: nobody answers. `pid`: its id, where it told one. */
export function answerOn(folder: string): Promise<{ pid?: number } | undefined> {
  const path = join(folder, 'cefline.sock')
  // A socket's name has a limit: the shorter one of the two, as `control/` has it.
  const fromHere = relative('', path)
  const socketPath = fromHere.length < path.length ? fromHere : path
  return new Promise((resolve) => {
    const request = get({ socketPath, path: '/', agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (some: string) => (text += some))
      response.on('end', () => end({ ...pidIn(text) }))
      response.on('error', () => end({}))
    })
    // Whoever does not even refuse in this time is there, and busy.
    const timer = setTimeout(() => end({}), patience)
    const end = (answer: { pid?: number } | undefined) => {
      clearTimeout(timer)
      request.destroy()
      resolve(answer)
    }
    request.on('error', ({ code = '' }: NodeJS.ErrnoException) => {
      end(nobody.includes(code) ? undefined : {})
    })
  })
}

function pidIn(text: string): { pid?: number } {
  try {
    const { pid } = JSON.parse(text) as { pid?: unknown }
    return typeof pid === 'number' ? { pid } : {}
  } catch {
    return {}
  }
}
