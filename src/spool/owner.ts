/**
 * Who owns a spool. LMDB lets two processes write to one environment and refuses neither, so the
 * owner is a record in it: process id, the time that process started, the machine's boot, and an
 * epoch that grows with each owner and is compared inside every write (`tenure.ts`).
 *
 * A process id alone proves nothing: it is given out again, and in containers everybody is 1. So an
 * owner is living when a process of that id, started at that tick of that boot, is there and is no
 * zombie. A container cannot see the processes of another one: there the owner looks dead, and it is
 * the claim (`claim.ts`), taken before LMDB is opened, that tells. Where no claim could be made, the
 * spool is taken over, and if its owner lives after all, its next write fails with `spool-owner` and
 * changes nothing. Where there is no /proc, a process of that id is enough.
 */
import { readFileSync } from 'node:fs'
import type { Databases } from './databases.ts'

export interface Owner {
  /** 0: it was closed in good order. */
  pid: number
  /** Ticks from boot to the start of the process; null where there is no /proc. */
  started: string | null
  boot: string | null
  epoch: number
}

/** This process as an owner. */
export function thisProcess(epoch: number): Owner {
  return { pid: process.pid, started: startOf(process.pid), boot: bootId(), epoch }
}

/** True of a claim that this process made before and could not take back, as on a disk that was full
 * when it closed the spool. */
export function isOurs(owner: Owner): boolean {
  const { pid, started, boot } = thisProcess(owner.epoch)
  return owner.pid === pid && owner.started === started && owner.boot === boot
}

export function isLiving(owner: Owner): boolean {
  if (owner.pid === 0 || owner.boot !== bootId()) return false
  if (owner.started !== null) return startOf(owner.pid) === owner.started
  try {
    process.kill(owner.pid, 0)
    return true
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** The record of the spool's owner; undefined when there is none, or it is damaged. */
export function ownerIn(meta: Databases['meta']): Owner | undefined {
  return readable(meta, ['owner']) as Owner | undefined
}

/** The value; undefined when it is damaged. */
export function readable(meta: Databases['meta'], key: string[]): unknown {
  try {
    return meta.get(key)
  } catch {
    return undefined
  }
}

function bootId(): string | null {
  return read('/proc/sys/kernel/random/boot_id')?.trim() ?? null
}

/** proc(5), /proc/pid/stat: field 22; the name, field 2, may hold spaces and parentheses. */
function startOf(pid: number): string | null {
  const text = read(`/proc/${pid}/stat`)
  if (text === undefined) return null
  const [state, ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return state === 'Z' || state === 'X' ? null : (fields[18] ?? null)
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
