/**
 * What the oracle orders a Cefline to suffer: read from the environment variable `ORACLE_ORDER`.
 */

/** Where it kills itself, in the order in which a record passes. */
export const points = [
  // The spool has just been opened.
  'opened',
  // The batch is in hand and nothing of it is stored.
  'fetched',
  // Inside the transaction, after its puts.
  'in-append',
  // The commit is durable, the source does not know it yet.
  'appended',
  // The file's rows are durable, the file is still in the drop folder.
  'before-move',
  'moved',
  // Bytes were given to the socket, some may be with the kernel.
  'sending',
  // The kernel has them: the socket's write callback.
  'sent',
  // Our side is being closed: FIN, or over TLS close_notify.
  'half-closed',
  // The peer's FIN or close_notify was read.
  'answered',
  // The destination gives a receipt that is not stored.
  'before-receipt',
  'in-receipt',
  'receipted',
] as const

export type Point = (typeof points)[number]

/** A Cefline broken on purpose, to see whether the oracle notices. */
export const mutants = [
  // A batch is acknowledged that was not stored.
  'loses-batch',
  // A batch is stored under other ids too.
  'stores-twice',
  // A byte is not the one that was given.
  'garbles',
  // A receipt is taken for what was never sent.
  'skips-send',
  // What is sent is sent again, without a break that would call for it.
  'sends-twice',
  // The source's mark is stored before its lines: wrong only when it is killed in between.
  'marks-first',
] as const

export type Mutant = (typeof mutants)[number]

export interface Order {
  /** URL of the folder of the built Cefline, with a slash at its end. */
  dist: string
  /** A folder for the preload's own use. */
  scratch: string
  /** The drop folder's absolute path. */
  drop: string
  /** The receiver's port: only its sockets are meant by the points of sending. */
  port: number
  /** File that each receipt is written to before the spool has it: `time destination queue sequence`. */
  journal: string
  /** Kill at the `nth` time that this point is reached. */
  point?: { name: Point; nth: number }
  /** The clock is wrong by `ahead` ms at first, and jumps by `jump` after `after` ms. */
  clock?: { ahead: number; after: number; jump: number }
  mutant?: Mutant
}
