/**
 * Where the events of a timeline come from, as far as their rows do not say.
 */

export interface TimelineOrigin {
  /** The file's or object's name, printable. */
  name: string
  /** ms since 1970: the time of an event that has none. */
  receivedAt: number
  /** Of rows that have none of their own. */
  evidence: Evidence
}

export interface Evidence {
  id: number | undefined
  name: string
}

/** Endings that say what a file is, and nothing of whose. */
const endings =
  /\.(?:gz|gzip|csv|tsv|jsonl?|ndjson|log|txt|tln|l2tcsv|l2ttln|plaso|body|bodyfile|mactime|timeline|cef)$/i

/** `disk-1.e01.csv.gz` → `disk-1.e01`; a name that is nothing but endings stays as it is. */
export function evidenceName(fileName: string): string {
  let name = fileName
  for (let shorter = name.replace(endings, ''); ; shorter = name.replace(endings, '')) {
    if (shorter === name || shorter === '') return name
    name = shorter
  }
}
