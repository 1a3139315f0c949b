/**
 * Why something failed, where the details say so: `Cause: User logon with misspelled or bad user
 * account` is Netwrix's form for a failed logon; `Reason:` and `Failure reason:` are taken as well. What
 * they do not say is not made up.
 */
import type { ActivityRecord } from '../netwrix/record.ts'

const lead = /(?:^|[,;\n] ?)(?:Cause|(?:Failure )?[Rr]eason): ?/
/** Where the next property begins, or the line ends. */
const next = /[\r\n]|[,;] [A-Z][A-Za-z ]{0,40}: /
const properties = /^(?:cause|(?:failure )?reason)$/i

/** '' when nothing is said. */
export function failureReason({ detailsText, details }: ActivityRecord): string {
  if (detailsText !== '') return reasonIn(detailsText)
  for (const { message, property, after } of details) {
    const reason = message === '' && properties.test(property) ? after : reasonIn(message)
    if (reason !== '') return reason
  }
  return ''
}

function reasonIn(text: string): string {
  const found = lead.exec(text)
  if (!found) return ''
  const rest = text.slice(found.index + found[0].length)
  return rest.slice(0, next.exec(rest)?.index ?? rest.length).trim()
}
