/**
 * The name in a line of a bodyfile, or in mactime's `File Name`: a path, escaped, with remarks behind it.
 *
 * Two ways of escaping are in use, and no line says which. Back-slashes are read as plaso does: `\|`, `\\`
 * and `\xNN`, whose bytes must make UTF-8; any other back-slash is one of a Windows path. `%XX`, which
 * mactime reads, is taken for `|` and control characters alone, which cannot stand in a line: a browser's
 * cache is full of files whose names really have `%20` in them.
 *
 * Remarks of the Sleuth Kit: ` -> target` of a symbolic link, ` ($FILE_NAME)` of an NTFS name's own times,
 * ` (deleted)` and ` (deleted-realloc)`.
 */
import { isUtf8 } from 'node:buffer'

export interface BodyfileName {
  /** All of it, unescaped. */
  text: string
  path: string
  target: string
  attribute: string
  isDeleted: boolean
}

/** `isLink`: the line says that it is one; else ` -> ` is part of the name. */
export function bodyfileName(written: string, isLink: boolean): BodyfileName {
  const text = unescaped(written)
  let path = text
  const deleted = [' (deleted)', ' (deleted-realloc)'].find((remark) => path.endsWith(remark))
  if (deleted !== undefined) path = path.slice(0, -deleted.length)
  const hasAttribute = path.endsWith(attributeRemark)
  if (hasAttribute) path = path.slice(0, -attributeRemark.length)
  const arrow = isLink ? path.indexOf(' -> ') : -1
  return {
    text,
    path: arrow < 0 ? path : path.slice(0, arrow),
    target: arrow < 0 ? '' : path.slice(arrow + 4),
    attribute: hasAttribute ? '$FILE_NAME' : '',
    isDeleted: deleted !== undefined,
  }
}

const attributeRemark = ' ($FILE_NAME)'
const escapes = /\\\||\\\\|(?:\\x[0-9a-fA-F]{2})+|%(?:[01][0-9a-fA-F]|7[cCfF])/g

function unescaped(written: string): string {
  if (!written.includes('\\') && !written.includes('%')) return written
  return written.replace(escapes, (escape) => {
    if (escape === '\\|' || escape === '\\\\') return escape.slice(1)
    const hexadecimal = escape.startsWith('%') ? escape.slice(1) : escape.replaceAll('\\x', '')
    const bytes = Buffer.from(hexadecimal, 'hex')
    return isUtf8(bytes) ? bytes.toString('utf8') : escape
  })
}
