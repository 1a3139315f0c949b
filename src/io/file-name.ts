/**
 * File names as bytes. On Linux a name is any bytes but `/` and NUL, and a folder that others
 * write to will sooner or later have one that is no UTF-8. So paths are Buffers from the listing to
 * the move, and text only where a person reads them.
 */
import { randomUUID } from 'node:crypto'
import { printable } from './printable.ts'

/** Names that programs use while they write, or for themselves. */
const temporary = ['.tmp', '.temp', '.part', '.partial', '.filepart', '.crdownload', '.swp', '~']

/** The longest name that Linux file systems take, in bytes. */
const longestName = 255

export function joinPath(folder: Buffer | string, name: Buffer | string): Buffer {
  return Buffer.concat([Buffer.from(folder), Buffer.from('/'), Buffer.from(name)])
}

/** The name as a person may see it: bytes that are no UTF-8 and control characters as `\xNN`. */
export function printableName(name: Buffer): string {
  const text = name.toString('utf8')
  if (Buffer.from(text).equals(name)) return printable(text)
  return printable(name.toString('latin1').replace(/[\u00a0-\u00ff]/g, escaped))
}

/** Hidden files, and the names of files that are still being written. */
export function isPassedOver(name: Buffer): boolean {
  if (name[0] === 0x2e) return true
  const lower = name.toString('latin1').toLowerCase()
  return temporary.some((ending) => lower.endsWith(ending))
}

/** A new hidden name, for a file that is being moved. */
export function asideName(): string {
  return `.cefline-${randomUUID()}.part`
}

/** A new hidden name, for a copy that is not whole yet. */
export function copyName(): string {
  return `.cefline-${randomUUID()}.copy`
}

/** `cefline-…` of the name of a file that was being moved; undefined for any other one. */
export function asideStem(name: string): string | undefined {
  return /^\.(cefline-[0-9a-f-]{36})\.part$/.exec(name)?.[1]
}

/** `a.csv` and `20260101T000000Z` → `a.20260101T000000Z.csv`, cut to what a file system takes. */
export function withStamp(name: Buffer, stamp: string): Buffer {
  const dot = name.lastIndexOf(0x2e)
  const end = dot > 0 && name.length - dot <= 16 ? dot : name.length
  const tail = Buffer.concat([Buffer.from(`.${stamp}`), name.subarray(end)])
  return Buffer.concat([name.subarray(0, Math.min(end, longestName - tail.length)), tail])
}

/** `a.csv` and `.reason.txt` → `a.csv.reason.txt`, cut likewise. */
export function withEnding(name: Buffer, ending: string): Buffer {
  return Buffer.concat([name.subarray(0, longestName - ending.length), Buffer.from(ending)])
}

function escaped(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16)}`
}
