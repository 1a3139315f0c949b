/**
 * The body of an answer as text. The order is that of RFC 7303 for XML, and does for JSON as well:
 * a byte order mark, then what the first bytes are (a zero beside the first character is UTF-16),
 * then the charset of the Content-Type, then XML's own declaration, else UTF-8.
 *
 * Bytes that are none of their encoding become U+FFFD: a record with a mark in its text beats a page
 * that can never be read.
 */
import { transcoder } from '../decoders/text.ts'

/** Without the byte order mark. Throws a RangeError that names an encoding nobody knows. */
export function bodyText(body: Uint8Array, contentType: string | undefined): string {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const label = wide(bytes) ?? declared(bytes, contentType)
  // As the WHATWG has it; TextDecoder is wrong about it in several releases of Node.
  if (/^(windows-1252|iso-8859-1|us-ascii)$/i.test(label)) {
    const decoder = transcoder({ encoding: 'windows-1252', mark: 0, valid: true })
    return decoder.write(bytes).toString()
  }
  return new TextDecoder(label).decode(bytes)
}

/** By byte order mark or by the zero beside the first character; undefined: one byte for ASCII. */
function wide([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  if (first === undefined || second === undefined) return undefined
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le'
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return 'utf-16be'
  return undefined
}

function declared(bytes: Buffer, contentType = ''): string {
  const prolog = bytes.toString('latin1', 0, 256)
  const label =
    /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1] ??
    /^\s*<\?xml\b[^>]*?\bencoding\s*=\s*["']([^"']+)["']/.exec(prolog)?.[1] ??
    'utf-8'
  // Written by who converted the text and not its declaration: the bytes are no such thing.
  return /^(utf|ucs)-?(16|2)/i.test(label) ? 'utf-8' : label
}
