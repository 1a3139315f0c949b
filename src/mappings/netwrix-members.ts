/**
 * Who came into a group and who left it, as the details of a changed group say: `Added: "…"`,
 * `Removed: "…"` (the form that parsers of the vendor's CEF know), several names after a comma.
 */
import type { ActivityRecord } from '../netwrix/record.ts'

export interface Members {
  added: string[]
  removed: string[]
}

/** What stands before a list of names. What is behind a letter is another property's. */
const lead = /(?<![\p{L}\p{N}_])(Added|Removed): (?=")/gu
const quoted = /"([^"]*)"(?:[,;] ?(?="))?/y

/** In the order of the text, each name as it is written; undefined where nobody is named. */
export function membersOf({ detailsText, details }: ActivityRecord): Members | undefined {
  const text = detailsText || details.map(({ message }) => message).join(', ')
  if (!text.includes('ed: "')) return undefined
  const members: Members = { added: [], removed: [] }
  for (const match of text.matchAll(lead)) {
    const list = match[1] === 'Added' ? members.added : members.removed
    quoted.lastIndex = match.index + match[0].length
    for (let name = quoted.exec(text); name; name = quoted.exec(text)) {
      if (name[1]) list.push(name[1])
    }
  }
  return members.added.length + members.removed.length === 0 ? undefined : members
}
