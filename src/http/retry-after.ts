/**
 * The header Retry-After: RFC 9110 section 10.2.3, seconds or a date.
 */

/** ms that a server may make us wait at most. */
const longestWait = 60 * 60_000

/** ms to wait, a second at least; undefined: the header says nothing, so the ordinary back-off. */
export function retryAfter(header: string | undefined, now = Date.now()): number | undefined {
  if (header === undefined) return undefined
  const wait = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now
  return Number.isNaN(wait) ? undefined : Math.min(longestWait, Math.max(1000, wait))
}
