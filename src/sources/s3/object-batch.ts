/**
 * A batch of the rows of objects. What makes a row the same event when it comes again:
 *
 * - a line of Cado's or Netwrix' with an `eventId` or `externalId` (every one that is mapped here has one)
 *   is one event, in whatever object it lies: so a copy under another key, or an export made again, adds
 *   nothing. The whole line is compared: two that differ are two events, whatever ids they have;
 * - any other line is an event of its object, by bucket and key: two objects may rightly have lines that
 *   are alike, and what another product means by an id is not known (some write the same one into every
 *   line). The ETag is no part of it, so of an object that is written anew only what is new is added.
 */
import { createHash } from 'node:crypto'
import { idBytes } from '../../io/lines.ts'
import type { Reject } from '../../core.ts'
import { RowBatch } from '../../drop/batch.ts'
import { unrefused } from '../../timeline/identity.ts'

/** In CEF an `=` within a value is escaped, so this is a key. */
const ownId = /^CEF:\d+\|(?:CadoSecurity|Netwrix)\|[^]*[ |](?:eventId|externalId)=(?! |$)/

export class ObjectBatch extends RowBatch {
  /** Of the object that is being read. */
  rejected = 0
  #object = ''

  /** `object`: its bucket and key. */
  begin(object: string): void {
    this.#object = object
    this.rejected = 0
  }

  override add(cef: string, time: number, severity: number, key: Uint8Array): void {
    super.add(cef, time, severity, ownId.test(cef) ? key : this.#keyInObject(key))
  }

  override refuse(reject: Reject): void {
    this.rejected += 1
    super.refuse(reject)
  }

  #keyInObject(key: Uint8Array): Buffer {
    const digest = createHash('sha256').update(key).update(this.#object).digest()
    return unrefused(digest.subarray(0, idBytes))
  }
}
