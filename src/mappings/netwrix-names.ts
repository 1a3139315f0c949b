/**
 * Parts of the names in an activity record: the domain of an account, the host of a place, the last
 * part of a path. Each gives '' where the name has none, rather than guess.
 */
import { isIP } from 'node:net'

/** `DOM` of `DOM\user`; a UPN, a plain name and `system` have none. */
export function accountDomain(who: string): string {
  const at = who.indexOf('\\')
  if (at <= 0 || at > 255 || at === who.length - 1) return ''
  return who.includes('\\', at + 1) ? '' : who.slice(0, at).trim()
}

/**
 * The host of Where: `HOST` of `HOST\INSTANCE` (SQL Server) and of a URL (SharePoint, VMware),
 * without its port. Not longer than `dvchost` may be, 100 characters.
 */
export function hostName(where: string): string {
  if (/^(?:unknown|n\/a)$/i.test(where)) return ''
  const scheme = where.indexOf('://')
  const from = scheme < 0 ? 0 : scheme + 3
  let end = from
  while (end < where.length && isOfHost(where.charCodeAt(end))) end += 1
  // What follows must be an instance or a path: "a, b" is no host.
  if (end < where.length && !isSeparator(where.charCodeAt(end))) return ''
  const host = scheme < 0 ? where.slice(from, end) : where.slice(from, end).replace(/:\d+$/, '')
  return host.length > 100 ? '' : host
}

/** What follows the last `\` or `/` that is not at the end. */
export function lastPart(path: string): string {
  let end = path.length
  while (end > 0 && isSeparator(path.charCodeAt(end - 1))) end -= 1
  let start = end
  while (start > 0 && !isSeparator(path.charCodeAt(start - 1))) start -= 1
  return path.slice(start, end)
}

/** What stands before the last part of a path; '' where there is nothing but separators. */
export function folderOf(path: string): string {
  const last = lastPart(path)
  let end = path.lastIndexOf(last)
  while (end > 0 && isSeparator(path.charCodeAt(end - 1))) end -= 1
  return path.slice(0, end)
}

/** Whether it is an address; most names are told by their first character. */
export function isAddress(text: string): boolean {
  const first = text.charCodeAt(0)
  const mayBe = (first >= 0x30 && first <= 0x39) || text.includes(':')
  return mayBe && isIP(text) !== 0
}

export function isSeparator(code: number): boolean {
  return code === 0x5c || code === 0x2f
}

/** Anything but a separator, a space, a control character, and what lists are made with. */
function isOfHost(code: number): boolean {
  return code > 0x20 && !isSeparator(code) && code !== 0x2c && code !== 0x3b && code !== 0x28
}
