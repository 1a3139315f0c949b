/**
 * How our own receiver can misbehave, towards every connection it has or gets.
 */
export const behaviours = [
  // RST in the middle of a frame.
  'reset',
  // Closes with bytes unread.
  'close',
  // FIN first, then goes away with bytes unread.
  'fin-first',
  // FIN first, and reads on to the end.
  'half-close',
  // A few bytes now and then: the window is closed most of the time.
  'slow',
  // One byte a read.
  'one-byte',
  // Answers the half-close late, within any timeout.
  'late',
  // Does not answer the half-close.
  'silent',
] as const

export type Behaviour = (typeof behaviours)[number] | 'good'

/** `bytes`: after how many more bytes of a connection it happens, where it happens once. */
export interface Behave {
  kind: Behaviour
  bytes: number
}

export interface OwnOptions {
  port: number
  /** What was read is appended here before anything else is done: whole messages, a line each. */
  output: string
  tls?: { cert: string; key: string; ca: string }
}
