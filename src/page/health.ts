/**
 * What is amiss, the most serious first, and the one word for all of it. Each finding names the part
 * and the reason, so that whoever passes the wall knows where to look.
 */
import { destinationDifference, sourceDifference } from './books.ts'
import { formatNumber } from './format.ts'
import type {
  CertificateStatus,
  DestinationStatus,
  Overview,
  SourceBooks,
  SourceStatus,
  SpoolStatus,
} from './shapes.ts'
import type { Level } from './words.ts'

export interface Finding {
  level: 'warn' | 'bad'
  /** Without anything that changes by the minute, as it is read out when it changes. */
  text: string
}

export interface Health {
  level: Level
  word: string
  findings: Finding[]
}

/** Days before its end from which a certificate is warned of. */
export const daysWarned = 30
/** Share of the spool from which it is called nearly full. */
const nearlyFull = 0.8

export function healthOf(overview: Overview, now: number): Health {
  const findings = [
    ...ofSpool(overview.spool),
    ...ofDamage(overview),
    ...overview.destinations.flatMap((destination) => ofDestination(destination, now)),
    ...overview.sources.flatMap((source) => ofSource(source, now)),
    ...overview.others.flatMap(({ name, ledger }) => ofBooks(`queue ${name}`, ledger)),
  ].sort((one, other) => Number(one.level === 'warn') - Number(other.level === 'warn'))
  const level = findings[0]?.level
  if (level === 'bad') return { level, word: 'Failing', findings }
  if (level === 'warn') return { level, word: 'Warning', findings }
  const starting = [...overview.sources, ...overview.destinations].some(
    ({ state }) => state === 'starting',
  )
  return starting
    ? { level: 'idle', word: 'Starting', findings }
    : { level: 'good', word: 'All well', findings }
}

function ofSpool({ problem, full, bytes, maxBytes }: SpoolStatus): Finding[] {
  if (problem !== undefined) return [bad(`The spool cannot be written to: ${problem}`)]
  if (full) return [bad('The spool is full: the sources wait until a destination takes lines.')]
  const share = maxBytes === 0 ? 0 : bytes / maxBytes
  if (share < nearlyFull) return []
  return [warn(`The spool is ${Math.floor(share * 100)} % full.`)]
}

function ofDamage({ damaged }: Overview): Finding[] {
  if (damaged.length === 0) return []
  const blocks = damaged.length === 1 ? 'One block' : `${formatNumber(damaged.length)} blocks`
  return [bad(`${blocks} of the spool cannot be read: run cefline spool verify.`)]
}

function ofSource(source: SourceStatus, now: number): Finding[] {
  const { name, state, problem, silentSince, ledger, certificates } = source
  const findings = ofBooks(`source ${name}`, ledger)
  if (state === 'failed' || state === 'parked') {
    findings.push(bad(`Source ${name} ${state}: ${problem ?? 'no reason is known'}`))
  } else if (silentSince !== undefined) {
    findings.push(warn(`Source ${name} is silent, for longer than usual.`))
  }
  return [...findings, ...ofCertificates(name, certificates, now)]
}

function ofDestination(destination: DestinationStatus, now: number): Finding[] {
  const { name, state, detail, ledger, certificates } = destination
  const findings: Finding[] = []
  if (state === 'lost' || state === 'parked') {
    findings.push(bad(`Destination ${name} ${state}: ${detail ?? 'no reason is known'}`))
  }
  for (const books of ledger) {
    const off = destinationDifference(books)
    if (off !== 0) findings.push(unbalanced(`destination ${name}, queue ${books.queue}`, off))
  }
  return [...findings, ...ofCertificates(name, certificates, now)]
}

function ofCertificates(
  name: string,
  certificates: readonly CertificateStatus[],
  now: number,
): Finding[] {
  return certificates.flatMap(({ whose, validTo }) => {
    const days = daysLeft(validTo, now)
    const what = `${whose === 'own' ? 'Our own certificate' : 'The certificate'} of ${name}`
    if (days < 0) return [bad(`${what} has expired.`)]
    if (days >= daysWarned) return []
    return [warn(`${what} ends in ${days} ${days === 1 ? 'day' : 'days'}.`)]
  })
}

function ofBooks(where: string, books: SourceBooks): Finding[] {
  const off = sourceDifference(books)
  return off === 0 ? [] : [unbalanced(where, off)]
}

/** Whole days until then; negative when it is over. */
export function daysLeft(validTo: number, now: number): number {
  return Math.floor((validTo - now) / 86_400_000)
}

function unbalanced(where: string, off: number): Finding {
  return bad(`The books of ${where} do not add up: ${formatNumber(off)} not accounted for.`)
}

const bad = (text: string): Finding => ({ level: 'bad', text })
const warn = (text: string): Finding => ({ level: 'warn', text })
