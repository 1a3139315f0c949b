/**
 * How the objects of a source are read: whose evidence one is where its rows do not say, whether one
 * that fails stops the others, and what is said of a long one.
 */
import type { CeflineError } from '../../error.ts'
import { printable } from '../../io/printable.ts'
import type { ObjectVersion, Opened } from '../../s3/bucket.ts'
import { evidenceName } from '../../timeline/origin.ts'
import type { TimelineReading } from '../../timeline/reader.ts'

export interface ObjectReading extends TimelineReading {
  /** The evidence's name where rows have none; null: the key below the folder, without its endings. */
  evidence: string | null
  after: 'keep' | 'delete'
  /** The bucket's name. */
  bucket: string
  /** What all keys begin with. */
  prefix: string
}

/** Whether it may be that object alone which cannot be read, so that others are tried: one that is
 * forbidden, or encrypted with a key that is; 400 is what S3 says to one with a key of its writer's own
 * (SSE-C). */
export function isOfOneObject({ code }: CeflineError): boolean {
  return code === 'forbidden' || code === 'bad-request'
}

/** Whether the list has another ETag for the very version that was opened, as some services do. One of another
 * time was written anew in between: the version that was listed has not been read then, and may come back. */
export function isNamedTwice(
  listed: ObjectVersion & { modified?: number },
  opened: Pick<Opened, 'etag' | 'modified'>,
): boolean {
  const { etag, modified = 0 } = listed
  const second = (time: number) => Math.floor(time / 1000)
  return etag !== '' && etag !== opened.etag && second(modified) === second(opened.modified)
}

/** `name`: the key, printable. Two objects of a name, in two folders, are two pieces of evidence. */
export function evidenceOf(name: string, { evidence, prefix }: ObjectReading): string {
  if (evidence !== null) return evidence
  const below = printable(prefix)
  return evidenceName(name.startsWith(below) ? name.slice(below.length) : name)
}

/** How far it has been read, for people. */
export function progress(url: string, { given, size }: Opened): string {
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1)
  const whole = size >= 0 ? ` of ${megabytes(size)}` : ''
  return `${url}: ${megabytes(given())}${whole} MB read`
}
