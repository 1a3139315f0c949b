/**
 * Whether a living process answers at a socket in the folder, found out before LMDB is opened. LMDB
 * knows its readers by process id: of two containers where both are 1, the second one takes the
 * first one's place in the table, and both hang or crash inside LMDB before the owner's record
 * (`owner.ts`) is looked at. A socket tells them apart, as it is connected to across containers, and
 * the kernel closes it whatever its owner dies of.
 */
import { randomUUID } from 'node:crypto'
import { get } from 'node:http'
import { hostname } from 'node:os'
import { socketNames } from './socket-name.ts'

/** ms in which a process that lives tells its id. */
const patience = 500
/** Nobody listens, or nobody may be asked: what else the folder says of its owner decides. */
const nobody = ['ENOENT', 'ECONNREFUSED', 'ENOTSOCK', 'ENOTDIR', 'EACCES', 'EPERM', 'EINVAL']
/** This process has no means to ask. */
const unable = ['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS']

/** Who answers, as far as it tells. */
export interface Answer {
  pid?: number
  /** Of the machine or the container. */
  host?: string
  /** Of this run of the process, unlike any other. */
  run?: string
}

const ownRun = randomUUID()

/** Resolves to undefined when nobody answers; rejects with the system's error when it cannot be
 * asked. `name`: the socket's. */
export async function answerOn(folder: string, name: string): Promise<Answer | undefined> {
  const names = socketNames(folder)
  try {
    return await ask(names.of(name))
  } finally {
    names.close()
  }
}

/** What this process answers. */
export function ownAnswer(): Answer {
  return { pid: process.pid, host: hostname(), run: ownRun }
}

/** True of a process that LMDB would take for this one, by its id, and that is another. */
export function isDouble({ pid, run }: Answer): boolean {
  return run !== ownRun && (pid === undefined || pid === process.pid)
}

function ask(socketPath: string): Promise<Answer | undefined> {
  return new Promise((resolve, reject) => {
    const request = get({ socketPath, path: '/', agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (some: string) => (text += some))
      response.on('end', () => end(read(text)))
      response.on('error', () => end({}))
    })
    // Whoever does not even refuse in this time is there, and busy or stopped.
    const timer = setTimeout(() => end({}), patience)
    const end = (answer: Answer | undefined) => {
      clearTimeout(timer)
      request.destroy()
      resolve(answer)
    }
    request.on('error', (failure: NodeJS.ErrnoException) => {
      const { code = '' } = failure
      if (unable.includes(code)) reject(failure)
      end(nobody.includes(code) ? undefined : {})
    })
  })
}

function read(text: string): Answer {
  try {
    const { pid, host, run } = (JSON.parse(text) ?? {}) as Record<string, unknown>
    return {
      ...(typeof pid === 'number' ? { pid } : {}),
      ...(typeof host === 'string' ? { host } : {}),
      ...(typeof run === 'string' ? { run } : {}),
    }
  } catch {
    return {}
  }
}
