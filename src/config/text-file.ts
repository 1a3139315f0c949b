/**
 * Reading a small text file whole: a configuration, or a secret that is kept in a file of its own.
 */
import { readFileSync } from 'node:fs'

/** More than this is no configuration and no secret, but a wrong path. */
const mostBytes = 1024 * 1024

const missing = 'there is no such file; create it or correct the path'

const reasons: Record<string, string> = {
  ENOENT: missing,
  ENOTDIR: missing,
  EISDIR: 'it is a folder',
  EACCES: 'this user may not read it',
}

/**
 * The file's text, without a byte order mark. Throws an Error whose message is a sentence's end, such
 * as `cannot be read: there is no such file; …`, and never holds any of the text.
 */
export function readTextFile(path: string): string {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (thrown) {
    const code = codeOf(thrown)
    throw new Error(`cannot be read: ${reasons[code] ?? code}`, { cause: thrown })
  }
  if (bytes.length > mostBytes) {
    throw new Error(`is larger than ${mostBytes} bytes; is the path right?`)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // The decoder's error is not kept as a cause: it adds nothing.
    throw new Error('is not UTF-8; save it as UTF-8')
  }
}

/** What the file holds, without the newline that editors put at the end. Throws as above. */
export function readSecret(path: string): string {
  const secret = readTextFile(path).replace(/\r?\n$/, '')
  if (secret === '') throw new Error('is empty')
  return secret
}

/** True for the error of a file that is not there. */
export function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && ['ENOENT', 'ENOTDIR'].includes(codeOf(thrown.cause))
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown)
}
