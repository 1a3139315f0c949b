/**
 * A look at LMDB's files before LMDB maps them: one that is cut, that is none of its own, or that this
 * user may not open, ends the process (SIGBUS, SIGSEGV) instead of raising an error.
 *
 * The two first pages hold a meta record each (mdb.c, struct MDB_meta): magic 0xBEEFC0DE, page size
 * in the free list's `md_pad`, the last page used, the transaction; the newer one counts. Pages that
 * were taken and given back in one transaction are never written, so the file may rightly end a
 * little before the last page.
 */
import { accessSync, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { error } from '../error.ts'
import { errnoOf } from '../io/regular-file.ts'
import { cureOfDamage, failed } from './failure.ts'

const magic = 0xbeefc0de
/** Pages that may be missing at the end. */
const tolerated = 64

/** Throws `spool-damaged` or `spool-failed` when the files in this folder cannot be opened safely.
 * What is not there is fine. */
export function inspectFiles(folder: string): void {
  refuseLock(folder)
  inspectData(folder)
}

/** A command of another user may have made the lock file, which readers write to as well. It is not
 * opened: closing it would take away LMDB's own locks on it, where this process has the spool open. */
function refuseLock(folder: string): void {
  try {
    accessSync(join(folder, 'lock.mdb'), constants.R_OK | constants.W_OK)
  } catch (thrown) {
    // Where nobody may write, LMDB reads without a lock.
    if (['ENOENT', 'EROFS'].includes(errnoOf(thrown))) return
    throw failed(folder, 'cannot be opened', thrown)
  }
}

function inspectData(folder: string): void {
  const file = openIfThere(folder, 'data.mdb')
  if (file === undefined) return
  const path = join(folder, 'data.mdb')
  try {
    const size = fstatSync(file).size
    // LMDB begins anew in an empty file: what a crash at the very first start leaves.
    if (size === 0) return
    const first = readMeta(file, 0)
    const second = first && readMeta(file, first.pageSize)
    if (!first || !second) {
      throw error('spool-damaged', `spool file ${path} is not an LMDB file; ${cureOfDamage}`)
    }
    const { pageSize, lastPage } = first.transaction > second.transaction ? first : second
    if (size < (lastPage + 1 - tolerated) * pageSize) {
      throw error(
        'spool-damaged',
        `spool file ${path} is cut: it has ${size} bytes and should have ${(lastPage + 1) * pageSize}; ${cureOfDamage}`,
      )
    }
  } finally {
    closeSync(file)
  }
}

interface Meta {
  pageSize: number
  lastPage: number
  transaction: number
}

function readMeta(file: number, at: number): Meta | undefined {
  const bytes = Buffer.alloc(160)
  if (readSync(file, bytes, 0, bytes.length, at) < bytes.length) return undefined
  // The record follows the page's header, whose length differs between releases of LMDB.
  const start = [16, 24].find((offset) => bytes.readUInt32LE(offset) === magic)
  if (start === undefined) return undefined
  const pageSize = bytes.readUInt32LE(start + 24)
  if (pageSize < 512 || pageSize > 65_536) return undefined
  return {
    pageSize,
    lastPage: Number(bytes.readBigUInt64LE(start + 120)),
    transaction: Number(bytes.readBigUInt64LE(start + 128)),
  }
}

function openIfThere(folder: string, name: string): number | undefined {
  try {
    return openSync(join(folder, name), 'r')
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return undefined
    throw failed(folder, 'cannot be opened', thrown)
  }
}
