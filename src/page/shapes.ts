/**
 * What the appliance answers, as much of it as the page reads. `test/page/shapes.test.ts` fails to
 * compile when the server's own types (`Overview`, `History`, `ListedReject`, `TestStep`) no longer
 * fit these, which know nothing of Node.js.
 */

/** read = spooled + alreadyGiven + rejected + ignored, since the spool was made. */
export interface SourceBooks {
  read: number
  spooled: number
  alreadyGiven: number
  rejected: number
  ignored: number
}

/** spooled = received + waiting + refused + damaged, in one queue. */
export interface DestinationBooks {
  queue: string
  spooled: number
  received: number
  waiting: number
  refused: number
  damaged: number
}

export interface SourceStatus {
  name: string
  type: string
  where: string
  state: 'starting' | 'reading' | 'failed' | 'parked' | 'full'
  problem?: string | undefined
  /** ms since 1970, as every time here that is a number. */
  lastRecordAt?: number | undefined
  silentSince?: number | undefined
  certificates: readonly CertificateStatus[]
  remembered: number
  /** Records a second. */
  rate: number
  ledger: SourceBooks
}

export interface CertificateStatus {
  whose: 'peer' | 'own'
  subject: string
  issuer: string
  validTo: number
  fingerprint: string
}

export type Proof = 'stored' | 'half-close' | 'relp' | 'synced' | 'written' | 'lived' | 'kernel'

export interface DestinationStatus {
  name: string
  type: string
  where: string
  state: 'starting' | 'connected' | 'lost' | 'parked'
  detail?: string | undefined
  lastReceiptAt?: number | undefined
  /** Lines, since the start. */
  received: number
  proof?: Proof | undefined
  certificates: readonly CertificateStatus[]
  waiting: number
  oldestWaitingAt?: number | undefined
  /** Lines a second with a receipt. */
  rate: number
  ledger: DestinationBooks[]
}

export interface SpoolStatus {
  folder: string
  problem?: string | undefined
  bytes: number
  maxBytes: number
  full: boolean
  rejects: number
}

export interface Overview {
  version: string
  configuration: string
  /** ISO 8601 */
  startedAt: string
  /** By the appliance's clock. */
  now: number
  spool: SpoolStatus
  writable: boolean
  sources: SourceStatus[]
  destinations: DestinationStatus[]
  others: { name: string; ledger: SourceBooks; lines: number }[]
  damaged: unknown[]
  /** All that are kept. */
  rejectsByCode: Readonly<Record<string, number>>
}

export type Range = 'hour' | 'day'
type Values = (number | null)[]

/** Values at `from + n × step` (ms). */
export interface History {
  from: number
  step: number
  sources: Record<string, { read: Values }>
  destinations: Record<string, { received: Values; waiting: Values; latency: Values }>
}

/** An event on its way to a destination, taken apart. */
export interface PassedEvent {
  at: number
  destination: string
  queue: string
  sequence: number
  line: number
  time: number
  severity: number
  cef: string
  /** What is sent for it, base64. */
  frame: string
  header: Record<string, string | number>
  fields: (readonly [key: string, value: string])[]
}

export interface ListedReject {
  number: number
  at: number
  source: string
  destination?: string | undefined
  code: string
  reason: string
  origin: string
  row: number
}

export interface TestStep {
  step: 'made' | 'spooled' | 'handed-out' | 'received' | 'end'
  destination?: string | undefined
  ok: boolean
  detail: string
  /** Since the event was made. */
  milliseconds: number
}
