/**
 * How the objects of a source are read, and whose evidence one is where its rows do not say.
 */
import { printable } from '../../io/printable.ts'
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

/** `name`: the key, printable. Two objects of a name, in two folders, are two pieces of evidence. */
export function evidenceOf(name: string, { evidence, prefix }: ObjectReading): string {
  if (evidence !== null) return evidence
  const below = printable(prefix)
  return evidenceName(name.startsWith(below) ? name.slice(below.length) : name)
}
