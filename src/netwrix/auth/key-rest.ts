/**
 * A key of a keytab that the realm has refused rests. Active Directory counts such a refusal like a wrong
 * password, and would lock the account; a client is made anew after every failure of the server's, and
 * each would show the key once more. A keytab that was changed is tried at once.
 *
 * Source: RFC 4120 section 7.5.9, KDC_ERR_PREAUTH_FAILED.
 */
import { statSync } from 'node:fs'

/** ms: longer than the 30 minutes after which Windows forgets a refusal. */
export const keyRest = 35 * 60_000

/** By the library’s own words, as the package hands on no code. */
export function isRefusedKey(reason: string): boolean {
  return /pre-?authentication failed/i.test(reason)
}

interface Refused {
  until: number
  changedAt: number
  thrown: unknown
}

const refused = new Map<string, Refused>()

/** Keeps what the realm said to the key of this account in this keytab. */
export function rememberRefusal(keytab: string, principal: string, thrown: unknown): void {
  const key = keyOf(keytab, principal)
  // Told again while it rests, it rests no longer for that.
  if (refused.get(key)?.thrown === thrown) return
  const until = performance.now() + keyRest
  refused.set(key, { until, changedAt: changedAt(keytab), thrown })
}

/** Throws what the realm said, while the key rests. */
export function requireRested(keytab: string, principal: string): void {
  const key = keyOf(keytab, principal)
  const before = refused.get(key)
  if (!before) return
  if (performance.now() < before.until && changedAt(keytab) === before.changedAt) {
    throw before.thrown
  }
  refused.delete(key)
}

function keyOf(keytab: string, principal: string): string {
  return JSON.stringify([keytab, principal])
}

/** 0 for a file that is not there: the library says so. */
function changedAt(keytab: string): number {
  const path = keytab.replace(/^FILE:/, '')
  return statSync(path, { throwIfNoEntry: false })?.ctimeMs ?? 0
}
