/**
 * Reads everything in a spool and says what is damaged: every block (its checksum), every page of
 * ids, every entry of the rejects and every record. It changes nothing, and the spool may be in use
 * by another process meanwhile.
 *
 * A torn file ends the process that maps it (SIGBUS, SIGSEGV), so it is done in a process of its own
 * (`verify-child.ts`): when that dies, this is the finding, with the place that it had reached.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { error } from '../error.ts'
import { failed } from './failure.ts'

export interface Finding {
  queue: string
  /** Of the block; 0 for what is none, such as a page of ids (`reason` says what it is). */
  sequence: number
  /** Lines that are lost with it. */
  lines: number
  reason: string
}

export interface Counts {
  blocks: number
  lines: number
  /** Of the blocks. */
  bytes: number
  ids: number
  rejects: number
}

export interface Verification extends Counts {
  damaged: Finding[]
  /** The reading ended the process that did it: how, and the place that it had reached. */
  died?: string
}

/** What the child writes, a line of JSON each. */
export interface Said {
  /** What is read next. */
  at?: string
  damaged?: Finding
  counts?: Counts
  /** LMDB refused to go on; its code or the system's. */
  failed?: { message: string; code?: string | number }
  done?: true
}

/** `folder`: the spool's. Throws `spool-failed` when there is none, or the signal's reason. */
export async function verifySpool(folder: string, signal?: AbortSignal): Promise<Verification> {
  signal?.throwIfAborted()
  const found: Verification = { ...nothing, damaged: [] }
  if (sizeOf(folder) === 0) return found
  const child = start(folder)
  const kill = () => child.kill('SIGKILL')
  let late: NodeJS.Timeout | undefined
  // It closes the spool when it can.
  const end = () => {
    child.kill('SIGTERM')
    late = setTimeout(kill, patience)
  }
  signal?.addEventListener('abort', end)
  try {
    const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
    let last: Said = {}
    let place = 'opening it'
    for await (const line of createInterface({ input: child.stdout })) {
      last = said(line)
      if (last.damaged) found.damaged.push(last.damaged)
      if (last.counts) Object.assign(found, last.counts)
      place = last.at ?? place
    }
    const [code, ended] = await closed
    signal?.throwIfAborted()
    if (last.done) return found
    // A number of the system's is about who may do what, not about what is in the file.
    if (Number(last.failed?.code) > 0) throw failed(folder, 'cannot be read', last.failed)
    const how = last.failed?.message ?? ended ?? `exit code ${code}`
    return { ...found, died: `${how} while ${place}` }
  } finally {
    signal?.removeEventListener('abort', end)
    clearTimeout(late)
    kill()
  }
}

/** ms that a child that was told to end has for it. */
const patience = 2000

const nothing: Counts = { blocks: 0, lines: 0, bytes: 0, ids: 0, rejects: 0 }

function start(folder: string) {
  const extension = extname(import.meta.url)
  const script = fileURLToPath(new URL(`./verify-child${extension}`, import.meta.url))
  // From TypeScript source it needs tsx, as `io/start-worker.ts` does for threads.
  const loader = extension === '.ts' ? ['--import', import.meta.resolve('tsx')] : []
  return spawn(process.execPath, [...loader, script, folder], {
    stdio: ['ignore', 'pipe', 'ignore'],
    // What this process was told to load or to measure is none of the child's business.
    env: { ...process.env, NODE_OPTIONS: '' },
  })
}

/** Bytes of LMDB's file: it begins anew in an empty one. */
function sizeOf(folder: string): number {
  const path = join(folder, 'data.mdb')
  try {
    return statSync(path).size
  } catch (thrown) {
    throw error('spool-failed', `there is no spool in ${folder}: ${(thrown as Error).message}`, {
      cause: thrown,
    })
  }
}

/** A line that was cut by the child's death says nothing. */
function said(line: string): Said {
  try {
    return JSON.parse(line) as Said
  } catch {
    return {}
  }
}
