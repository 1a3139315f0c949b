/**
 * Which series of objects a line belongs to: that of its evidence item, as a Cado line names it
 * (`evidence_id`, `evidence_name`), found in the bytes without decoding the line; else that of the
 * queue it came from.
 */

const cado = Buffer.from('CEF:0|CadoSecurity|')
const idKey = Buffer.from(' evidence_id=')
const nameKey = Buffer.from(' evidence_name=')
const pipe = 0x7c
const backslash = 0x5c
/** Bytes of a value that are looked at. */
const mostBytes = 1024

/** The evidence item's id and name as one text, such as `2-disk.dd`; undefined for a line of none.
 * The line is `lines[start, end)`. */
export function seriesOf(lines: Buffer, start: number, end: number): string | undefined {
  if (end - start < cado.length) return undefined
  if (lines.compare(cado, 0, cado.length, start, start + cado.length) !== 0) return undefined
  const extension = lines.subarray(extensionAt(lines, start + cado.length, end), end)
  const id = valueOf(extension, idKey)
  const name = valueOf(extension, nameKey)
  if (id === undefined) return name
  return name === undefined ? id : `${id}-${name}`
}

/** Where the extension begins, whose header's first two fields have been passed: after five more. */
function extensionAt(lines: Buffer, from: number, end: number): number {
  let left = 5
  for (let at = from; at < end; at += 1) {
    if (lines[at] === backslash) at += 1
    else if (lines[at] === pipe && --left === 0) return at + 1
  }
  return end
}

/** The value up to the next key. An equals sign in a value has a backslash before it: what looks like
 * a key in a value is none. */
function valueOf(extension: Buffer, key: Buffer): string | undefined {
  // The first key may follow the last pipe at once.
  const isFirst = extension.subarray(0, key.length - 1).equals(key.subarray(1))
  const at = isFirst ? -1 : extension.indexOf(key)
  if (at === -1 && !isFirst) return undefined
  const from = at + key.length
  const text = extension.toString('utf8', from, Math.min(extension.length, from + mostBytes))
  const value = text.replace(/ [A-Za-z0-9_.[\]-]+=[^]*$/, '').trim()
  return value === '' ? undefined : value
}
