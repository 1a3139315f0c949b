/**
 * Errors, in two kinds. A *permanent* one says that these bytes will never pass: they are set aside
 * with the reason and the work goes on. Everything else is tried again for as long as it takes.
 * A code is a word of a closed list, because it is a metric's label as well.
 */

export const codes = [
  // configuration and start
  'config',
  'check-failed',
  // spool
  'spool-full',
  'spool-owner',
  'spool-damaged',
  'spool-failed',
  // reading files
  'file-unreadable',
  'file-changed',
  'header',
  'row',
  'encoding',
  // reading records
  'record',
  'date',
  'too-large',
  // HTTP
  'unauthorized',
  'forbidden',
  'not-found',
  'bad-request',
  'server',
  'network',
  'timeout',
  'bad-answer',
  'mark-stuck',
  // sending
  'refused',
  'lost',
  'tls',
  'dns',
  'cut',
  'when-full',
  'write-failed',
  // the thing that should not happen
  'internal',
] as const

export type Code = (typeof codes)[number]

export interface ErrorOptions {
  cause?: unknown
  /** These bytes will never pass, however often they are tried. */
  permanent?: boolean
  /** Milliseconds to wait before the next try, when the ordinary back-off would be wrong.
   * `Infinity`: no try helps until somebody changes the configuration. */
  retryAfter?: number
}

export interface CeflineError extends Error {
  readonly code: Code
  readonly permanent: boolean
  readonly retryAfter: number | undefined
}

/** Makes an error whose message names place, value (secrets masked) and cure. */
export function error(code: Code, message: string, options: ErrorOptions = {}): CeflineError {
  const made = new Error(message, 'cause' in options ? { cause: options.cause } : undefined)
  return Object.assign(made, {
    name: 'CeflineError',
    code,
    permanent: options.permanent ?? false,
    retryAfter: options.retryAfter,
  })
}

export function isCeflineError(thrown: unknown): thrown is CeflineError {
  return thrown instanceof Error && thrown.name === 'CeflineError'
}

export function isPermanent(thrown: unknown): boolean {
  return isCeflineError(thrown) && thrown.permanent
}

/** The error as ours: a foreign one becomes `internal` (or the code given), with it as the cause. */
export function asCefline(thrown: unknown, code: Code = 'internal'): CeflineError {
  if (isCeflineError(thrown)) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return error(code, message, { cause: thrown })
}
