/**
 * States and receipts in words. What a receipt rests on is the difference between "the SIEM has it"
 * and "it left this machine", so the page says which.
 */
import type { DestinationStatus, Proof, SourceStatus } from './shapes.ts'

/** How serious something is: it decides colour, sign and order. */
export type Level = 'good' | 'idle' | 'warn' | 'bad'

/** The sign before a word, as colour alone tells some readers nothing. */
export const signs: Record<Level, string> = { good: '●', idle: '○', warn: '▲', bad: '✕' }

export interface Word {
  level: Level
  word: string
}

const proofs: Record<Proof, string> = {
  stored: 'the bucket’s service confirmed it',
  'half-close': 'the receiving program read every byte',
  relp: 'the receiver answered each message',
  synced: 'synced to disk',
  written: 'written to standard output',
  lived: 'written, and the connection lived on',
  kernel: 'handed to the network only: at most once',
}

export function proofInWords(proof: Proof | undefined): string {
  return proof === undefined ? 'not known yet' : proofs[proof]
}

/** A problem is shown before a silence, which it may be the cause of. */
export function sourceWord({ state, silentSince }: SourceStatus): Word {
  if (state === 'starting') return { level: 'idle', word: 'starting' }
  if (state === 'full') return { level: 'bad', word: 'held: spool full' }
  if (state !== 'reading') return { level: 'bad', word: state }
  return silentSince === undefined
    ? { level: 'good', word: 'reading' }
    : { level: 'warn', word: 'silent' }
}

export function destinationWord({ state }: DestinationStatus): Word {
  if (state === 'starting') return { level: 'idle', word: 'starting' }
  return { level: state === 'connected' ? 'good' : 'bad', word: state }
}

/** `very-high (9–10)` and so on, as the CEF standard groups severities. */
export function severityWord(severity: number): string {
  if (severity >= 9) return 'very high'
  if (severity >= 7) return 'high'
  return severity >= 4 ? 'medium' : 'low'
}
