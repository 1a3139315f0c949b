/**
 * Which records a user wants left out, by their data source: `Self-audit`, say, or `Netwrix API`,
 * whose records somebody wrote into Netwrix and which may be the SIEM's own come back.
 *
 * Names are compared without case and by all the names that a product version had for the same thing.
 * (Netwrix, "Activity record reference"; release notes of 10.7 and 10.9.)
 */

/** True for a data source whose records are to be left out. */
export type LeaveOut = (dataSource: string) => boolean

export const noneLeftOut: LeaveOut = () => false

const aliases = [
  ['azure ad', 'microsoft entra id', 'entra id'],
  ['network device', 'network devices'],
  ['file server', 'file servers'],
]

export function leaveOutOf(names: readonly string[] | null): LeaveOut {
  if (names === null) return noneLeftOut
  const left = new Set(names.map(plain))
  return (dataSource) => left.has(plain(dataSource))
}

/** The first of the names that mean the same. */
function plain(name: string): string {
  const written = name.trim().replace(/\s+/g, ' ').toLowerCase()
  return aliases.find((names) => names.includes(written))?.[0] ?? written
}
