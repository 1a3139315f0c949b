/**
 * The interfaces between the parts, and nothing else.
 *
 *     source ──batches──► spool ──blocks──► destination ──► receipt
 *
 * A source reads its product's records and has them mapped and encoded as CEF lines (for files in a
 * worker thread); `collect` commits each batch to the spool; `forward` hands the spool's blocks to
 * one destination and commits its receipts. Everything that can wait, waits.
 */
import type { Code } from './error.ts'
import type { Lines } from './io/lines.ts'
import type { OwnFeed } from './own-event.ts'

/** What a loop or a page should hear about, beyond an error that is thrown. */
export interface Notice {
  level: 'info' | 'warn' | 'error'
  code: string
  message: string
}

/** A record that could not be mapped, or a line that a destination can never take as it is. Kept. */
export interface Reject {
  code: Code
  /** Place, value (secrets masked) and cure, in one sentence. */
  reason: string
  /** The file's or endpoint's name. */
  origin: string
  /** 1-based row of the file (the header is row 1) or index within the page; 0: not known. */
  row: number
  /** The record as it was read, or the uncut line. */
  record: string
  /** Id of the event (16 bytes), so that the same file dropped twice adds no second reject. */
  id?: Uint8Array
}

/** What a source hands over at once. It is committed whole or not at all. */
export interface Batch {
  /** Records read: lines + rejects + ignored. */
  read: number
  lines: Lines
  rejects: Reject[]
  /** Records that are none, such as the empty row of Netwrix's test run. */
  ignored: number
  /** Where the source goes on after this batch; undefined leaves the stored one as it is. */
  checkpoint?: string
  /** Ids (16 bytes each, packed) to be remembered that have no line, such as a file that is kept. */
  remember?: Uint8Array
  notices?: Notice[]
}

/** One step of `cefline check`: a name, and what was seen or what went wrong. */
export interface CheckStep {
  name: string
  ok: boolean
  /** All is well, and somebody should see to it soon. */
  warning?: true
  /** What was seen; for a failure the error's text with its cure. */
  detail: string
  milliseconds: number
}

export interface SourceContext {
  /** The key in the configuration: the queue's name in the spool and the metrics' label. */
  name: string
  /** True when this source gave the id (16 bytes) within the remembered window. */
  remembers(id: Uint8Array): boolean
  /** Its connection stands, or it listens: the certificates that it rests on, for whoever watches
   * when they end. */
  connected?: (certificates: readonly Certificate[]) => void
  /** Of the source of Cefline's own events alone: where it finds them. */
  own?: OwnFeed
}

/**
 * Reads records, oldest first. `create` touches no network and no disk.
 */
export interface Source {
  /** Imitates the first real step and changes nothing; without `connect` nothing leaves this
   * machine. Never throws: a failure is a step. */
  check(
    checkpoint: string | undefined,
    signal: AbortSignal,
    connect: boolean,
  ): AsyncIterable<CheckStep>
  /**
   * Yields batches until aborted; the line after a `yield` runs only when that batch is durable,
   * and only there a file is moved; a batch's lines are good until then. Waits by itself while there
   * is nothing to read. On abort it returns (it may also throw the abort reason). When it throws
   * anything else, `collect` waits and calls it again with the checkpoint that was last committed.
   */
  batches(checkpoint: string | undefined, signal: AbortSignal): AsyncIterable<Batch>
  /** The line of a record that was rejected, read again as this source is configured now. Throws the
   * reason (permanent) when it still cannot be mapped. */
  remap(reject: StoredReject): Promise<Lines>
  /** Safe before use, safe twice. */
  close(): Promise<void>
}

/** A block's name: all that needs to be kept of one that was sent. */
export interface Place {
  queue: string
  /** Position in the queue: 1, 2, 3, … */
  sequence: number
  /** Set for a part of a block, as `rate` makes them: how many of its lines it and the parts before
   * it have. A destination gives it back with the receipt and knows no more of it. */
  upTo?: number
}

/** A block of lines of one source (or a part of one), in the order in which the source gave them. */
export interface Block extends Place {
  count: number
  /** Packed as `io/lines.ts` says. */
  lines: Buffer
}

/** A buffer that is used again and again. */
export interface Scratch {
  buffer?: Buffer
}

/**
 * What a receipt of a destination rests on, the strongest first. `stored`: the bucket's
 * service confirmed it; `half-close`: the receiving program read every byte; `relp`: its answer to
 * each message; `synced`: on disk here; `written`: taken by standard output; `lived`: written to a
 * connection that then lived for `receiptAfter`; `kernel`: given to this machine's kernel, at most
 * once.
 */
export type Proof = 'stored' | 'half-close' | 'relp' | 'synced' | 'written' | 'lived' | 'kernel'

/** A certificate that a connection rests on: the peer's, or our own that is shown to it. */
export interface Certificate {
  whose: 'peer' | 'own'
  /** As `CN=sensor, O=Example`. */
  subject: string
  issuer: string
  /** ms since 1970 */
  validTo: number
  /** SHA-256, colons between the bytes. */
  fingerprint: string
}

/** What a destination tells while it delivers. */
export interface Delivery {
  /** What its receipts rest on from now on. */
  proof(proof: Proof): void
  /** Everything handed out up to and including this block is known to be received. */
  receipt(block: Place): void
  /** A line of this block that cannot be sent as it is (kept; `cut` ones were sent shortened). */
  reject(block: Block, line: number, code: Code, reason: string): void
  /** The connection stands: what to, what it is (`TLSv1.3 …`), and the certificates it rests on. */
  connected(detail: string, certificates?: readonly Certificate[]): void
  notice(notice: Notice): void
}

export interface Destination {
  /** Config and files; with `connect` also name look-up, connection, handshake. Sends nothing.
   * Never throws: a failure is a step. */
  check(signal: AbortSignal, connect: boolean): AsyncIterable<CheckStep>
  /**
   * Sends the blocks in order until aborted; a block's lines are good until the next one is asked
   * for. On abort it stops taking blocks, waits a bounded time
   * for what it has sent, and returns. When it throws, `forward` waits and calls it again from the
   * last receipts. It holds no retry loop of its own.
   */
  deliver(blocks: AsyncIterable<Block>, delivery: Delivery, signal: AbortSignal): Promise<void>
  /** What one CEF line looks like on the wire, for `preview`. Pure. */
  frame(cef: string, time: number, severity: number): Buffer
  /** Safe before use, safe twice. */
  close(): Promise<void>
}

/** What `append` did with a batch. */
export interface Appended {
  spooled: number
  /** Left out, as this source gave them before within the remembered window. */
  alreadyGiven: number
  rejected: number
}

/** Ledger of one source, since the spool was made: read = the sum of the four others. */
export interface SourceLedger {
  read: number
  spooled: number
  alreadyGiven: number
  rejected: number
  ignored: number
}

/** How far receipts have come in a queue. */
export interface Reached {
  /** Of the last block that was received whole. */
  sequence: number
  /** The blocks that were handed out and received since the position before, with the lines received
   * of each, those that the destination could not take (`refused`) not among them. Counted by the one
   * who handed them out: the spool holds it against its own count of what lies between the two. */
  blocks: Counted[]
}

export interface Counted {
  sequence: number
  lines: number
}

/** Ledger of a destination in one queue, since it first read it:
 * spooled = received + waiting + refused + damaged. */
export interface DestinationLedger {
  queue: string
  spooled: number
  received: number
  waiting: number
  /** Lines kept in the rejects and not sent; those sent shortened (`cut`) were received. */
  refused: number
  /** Lines of blocks that were set aside as damaged before they were received. */
  damaged: number
}

/** The state of one queue. */
export interface QueueState {
  queue: string
  /** Sequence of the newest block; 0: none yet. */
  newest: number
  /** Sequence of the oldest block that is kept; newest + 1 when there is none. */
  oldest: number
  lines: number
  bytes: number
  ledger: SourceLedger
  remembered: number
  checkpoint: string | undefined
}

export interface StoredReject extends Reject {
  number: number
  /** ms since 1970, when it was set aside. */
  at: number
  source: string
  /** Set when a destination could not take the line. */
  destination?: string
  /** Of such a line: the event's time (ms since 1970) and CEF severity, to send it once more. */
  time?: number
  severity?: number
}

/**
 * The durable queue, one per source, with a position per destination. An append is one
 * transaction: lines, checkpoint, ids, rejects and ledger. Nothing outside `spool/` knows the engine.
 */
export interface Spool {
  /** Resolves when durable. Throws `spool-full` and changes nothing when there is no room. */
  append(queue: string, batch: Batch): Promise<Appended>
  checkpoint(queue: string): string | undefined
  remembers(queue: string, id: Uint8Array): boolean
  /** The first block after this position, or undefined when there is none yet. With `scratch` its
   * lines are in that buffer, which grows as needed, and good until it is used again. */
  next(queue: string, after: number, scratch?: Scratch): Block | undefined
  /** The last block that this destination has a receipt for; where it starts when it is new. */
  position(destination: string, queue: string): number
  /** Moves positions, durably; with the rejects that belong to the blocks passed. */
  receipts(
    destination: string,
    reached: ReadonlyMap<string, Reached>,
    rejects: DestinationReject[],
  ): Promise<void>
  /** Resolves at the next append (or at once, when one came after `seen`); rejects on abort. */
  changed(seen: number, signal: AbortSignal): Promise<void>
  /** Counts the appends, to be read before looking for a block and given to `changed`. */
  readonly version: number
  /** Resolves when there may be room again, or some time later; rejects on abort. */
  room(signal: AbortSignal): Promise<void>
  queues(): QueueState[]
  /** The books of a destination, one for each queue that it reads. */
  ledger(destination: string): DestinationLedger[]
  /** Unreceived lines of a destination, in the queues it reads. */
  waiting(destination: string): { lines: number; oldest: number | undefined }
  rejects(): {
    count: number
    /** All that are kept, by code. */
    byCode(): Readonly<Record<string, number>>
    list(limit: number): StoredReject[]
  }
  /** Who has not passed the oldest block; undefined when nothing is held. */
  slowest(): { destinations: string[]; queue: string; position: number } | undefined
  /** Moves this destination's oldest block to the rejects (`when-full`); resolves to its lines. */
  rejectOldest(destination: string, reason: string): Promise<number>
  /** Bytes by our own account, and what is allowed. */
  usage(): { bytes: number; maxBytes: number; full: boolean }
  close(): Promise<void>
}

export interface DestinationReject {
  queue: string
  sequence: number
  line: number
  code: Code
  reason: string
  record: string
  time: number
  severity: number
}
