/**
 * PRI: the number before a syslog message that says where it comes from and how grave it is
 * (RFC 5424 section 6.2.1: facility × 8 + severity).
 */
import { Facility, Severity } from 'syslog-client'

/** Facility names and their numbers, from `syslog-client`'s table, in lower case. */
export const facilities: ReadonlyMap<string, number> = new Map(
  Object.entries(Facility).flatMap(([name, value]) =>
    typeof value === 'number' ? [[name.toLowerCase(), value] as const] : [],
  ),
)

/**
 * CEF severity (0 to 10) → syslog severity, by CEF's own four bands (CEF chapter 1):
 *
 *     0–3  Low        6 informational
 *     4–6  Medium     4 warning
 *     7–8  High       3 error
 *     9–10 Very-High  2 critical
 *
 * Never 1 or 0: distributions write those to every terminal that is logged in.
 */
export function syslogSeverity(cefSeverity: number): number {
  if (cefSeverity >= 9) return Severity.Critical
  if (cefSeverity >= 7) return Severity.Error
  if (cefSeverity >= 4) return Severity.Warning
  return Severity.Informational
}

/** PRI of a CEF severity under a facility's number. */
export function priority(facility: number, cefSeverity: number): number {
  return facility * 8 + syslogSeverity(cefSeverity)
}
