/**
 * One extension value as text: cleaned, then escaped as CEF chapter 1 wants it, and back.
 *
 * Cleaning is what no receiver could keep anyway: control characters (NUL ends a message at
 * syslog-ng, TAB and others are rewritten by rsyslog) become spaces, CR and CRLF become LF (VRL and
 * Graylog mangle `\r`), lone surrogates become U+FFFD (UTF-8 has no form for them), and spaces at
 * both ends go (the standard takes them for padding). Everything else is kept.
 *
 * Only `\\`, `\=` and `\n` are written: any other escape makes Beats drop the value and liblognorm
 * the message. A pipe is not escaped in an extension.
 */

// Patterns without a quantifier: they take linear time, and half of a scan by character codes.
const special = /[\x00-\x1f=\\\x7f-\x9f\ud800-\udfff]/
const unclean = /[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]/

/** The value as it stands in the line; '' when nothing is left of it. */
export function escapeValue(text: string): string {
  if (!special.test(text)) return trimSpaces(text)
  return escape(unclean.test(text) ? cleanValue(text) : trimSpaces(text))
}

/** The value as a parser reads it back from the line. */
export function cleanValue(text: string): string {
  return trimSpaces(
    text
      .replace(/[\ud800-\udfff]/gu, '\ufffd')
      .replace(/\r\n?/g, '\n')
      .replace(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/g, ' '),
  )
}

/** Takes the escapes away. Knows `\r` too, which we do not write, and keeps an unknown one. */
export function unescapeValue(raw: string): string {
  if (!raw.includes('\\')) return raw
  return raw.replace(/\\([\\=nr])/g, (_escape, character: string) =>
    character === 'n' ? '\n' : character === 'r' ? '\r' : character,
  )
}

/** Without the spaces at both ends; `String.trim` takes more, and a pattern is quadratic here. */
export function trimSpaces(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && text.charCodeAt(start) === 0x20) start += 1
  while (end > start && text.charCodeAt(end - 1) === 0x20) end -= 1
  return start === 0 && end === text.length ? text : text.slice(start, end)
}

function escape(text: string): string {
  let escaped = ''
  let from = 0
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code !== 0x5c && code !== 0x3d && code !== 0x0a) continue
    escaped += text.slice(from, index) + (code === 0x5c ? '\\\\' : code === 0x3d ? '\\=' : '\\n')
    from = index + 1
  }
  return from === 0 ? text : escaped + text.slice(from)
}
