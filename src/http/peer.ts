/**
 * Who is at the other end of a connection, as far as messages have to name it: the same failure wants
 * another cure at another product.
 */
export interface Peer {
  /** `the Auditor Server`. */
  server: string
  /** Where it listens: `the Integration API listens on port 9699 unless …`. */
  port: string
  /** Whose services to look at when connections fail. */
  services: string
  /** What an answer that was cut off leaves as it is: `the mark is kept`. */
  kept: string
}
