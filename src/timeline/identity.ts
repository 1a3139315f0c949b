/**
 * What makes an event of a timeline the same event when it comes again: the evidence (its id, else its
 * name), the instant, type, path, inode, text, source, user and host. So processing that is run again,
 * or an export that is made again, adds only what is new. Cado's own id is no part of it, as each run
 * of its processing gives new ones (facts: inferred); nor is what a later run may add: tags, notes,
 * alarms, hashes.
 *
 * Rows that are alike in all of this are several events: the second one of a file has 1 as its
 * occurrence (`occurrences.ts`), the third one 2.
 *
 * An id is 16 bytes of a SHA-256 (RFC 6234) of which one bit tells a refused row's from an event's: a
 * refused one must not be taken for known when the configuration has been put right and its file is
 * dropped again.
 */
import { hash } from 'node:crypto'
import { idBytes } from '../io/lines.ts'
import type { TimelineEvent } from './event.ts'

const lastByte = idBytes - 1
const refusedBit = 0x80
/** Bytes that are shown as an event's id: 20 characters of base64url, without padding. */
const shownBytes = 15

/** The spool's id of an event, 16 bytes; `occurrence` is 0 for the first of those that are alike. */
export function eventKey(event: TimelineEvent, occurrence: number): Buffer {
  const { instant, evidenceId, evidenceName, type, path, inode, message, short } = event
  const { source, user, host } = event
  const evidence = evidenceId === undefined ? evidenceName : `#${evidenceId}`
  const time = instant === undefined ? '' : `${instant.seconds}.${instant.nanos}`
  const text = message === '' ? short : message
  // With the lengths no text can pass for two of them: nobody can write a row that hides another one.
  return digest(
    `event ${occurrence} ${time} ${evidence.length},${type.length},${path.length},${inode.length},` +
      `${text.length},${source.length},${user.length} ` +
      evidence +
      type +
      path +
      inode +
      text +
      source +
      user +
      host,
  )
}

/** The same for a line that is CEF already. */
export function lineKey(line: string, occurrence: number): Buffer {
  return digest(`line ${occurrence} ${line}`)
}

/** The id of a row that could not be read as an event. */
export function rowKey(evidence: string, text: string, occurrence: number): Buffer {
  return digest(`row ${occurrence} ${evidence.length} ${evidence}${text}`)
}

/** What goes into CEF as the `eventId` of an event that has none. */
export function shownId(key: Buffer): string {
  return key.toString('base64url', 0, shownBytes)
}

/** The id under which an event, or a row, is refused. */
export function refused(key: Uint8Array): Buffer {
  const own = Buffer.from(key)
  own[lastByte] = (own[lastByte] ?? 0) | refusedBit
  return own
}

/** The id that it would have had. */
export function unrefused(key: Uint8Array): Buffer {
  const own = Buffer.from(key)
  own[lastByte] = (own[lastByte] ?? 0) & ~refusedBit
  return own
}

/** base64url, as a Buffer straight from `hash` takes twice as long (measured on Node 20). */
function digest(text: string): Buffer {
  const key = Buffer.from(hash('sha256', text, 'base64url').slice(0, 22), 'base64url')
  key[lastByte] = (key[lastByte] ?? 0) & ~refusedBit
  return key
}
