/**
 * What a sender of alerts is answered: a status, and a JSON object that says why. None has a value
 * of a record in it, for answers end up in other programs' logs.
 */

export interface Answer {
  status: number
  body: PushResult | PushProblem
  headers?: Record<string, string>
}

/** Every row of the file is durable. */
export interface PushResult {
  /** The file's identity: 24 hexadecimal digits. */
  id: string
  /** Of the file, without its header. */
  rows: number
  /** Added to the spool. */
  spooled: number
  /** Given before by this source, as by an earlier try, or with `sameAs` by the other one. */
  alreadyGiven: number
  /** Set aside; their reasons are with Cefline's rejects. */
  rejected: number
  /** Empty ones, as of Netwrix's test run. */
  ignored: number
  /** The first of those set aside: rows of the file (its header is row 1), and why, in a word. */
  rejects?: { row: number; code: string }[]
}

export interface PushProblem {
  error: string
  message: string
}

export function isAnswer(value: object): value is Answer {
  return 'status' in value
}

/** These bytes can never pass, or not in this way. */
export function refusal(
  status: number,
  name: string,
  message: string,
  headers?: Record<string, string>,
): Answer {
  return { status, body: { error: name, message }, ...(headers && { headers }) }
}

/** Seconds that a sender should wait, by how long such things last. */
const waits = { full: 30, busy: 5, stopping: 10, failed: 10 }

/** Not now: the same request may pass later. */
export function later(name: keyof typeof waits, message: string): Answer {
  return refusal(503, name, `${message}; send it again`, { 'retry-after': String(waits[name]) })
}
