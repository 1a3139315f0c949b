/**
 * The details of an activity record as the text of `msg`. The vendor joins the messages with `, `,
 * and detections match how they begin (`msg=User Account Disabled`); so does this, and where a
 * message does not say what changed, or is absent, it is put into words in the vendor's manner.
 */
import type { ActivityDetail } from '../netwrix/record.ts'

/** The messages as the vendor's add-on joins them; details without one are put into words. */
export function joinedMessages(details: ActivityDetail[]): string {
  return details.map((detail) => detail.message || inWords(detail)).join(', ')
}

/**
 * The same, with nothing of a detail left out: what the message does not mention follows it in
 * brackets. With a single detail Before and After have keys of their own, so only the property's
 * name may be missing.
 */
export function fullMessages(details: ActivityDetail[]): string {
  const [single] = details
  if (details.length === 1 && single !== undefined) {
    const { message, property } = single
    if (message === '') return inWords(single)
    return property === '' || message.includes(property) ? message : `${message} (${property})`
  }
  return details.map(fullMessage).join(', ')
}

function fullMessage(detail: ActivityDetail): string {
  const { message, property, before, after } = detail
  if (message === '') return inWords(detail)
  const complete = [property, before, after].every((part) => message.includes(part))
  return complete ? message : `${message} (${inWords(detail)})`
}

/** The most of Before and After that is put together: `cs5` and `cs6` hold no more (dictionary). */
const mostJoined = 4000

/**
 * One side of all details: of a single one as it is, of several `Office: a; Phone: 1`. Long ones end
 * with `…`, as `msg` has them all.
 */
export function sideOf(details: ActivityDetail[], side: 'before' | 'after'): string {
  const [single] = details
  if (single === undefined) return ''
  if (details.length === 1) return single[side]
  let joined = ''
  for (const detail of details) {
    if (detail[side] === '') continue
    joined += `${joined === '' ? '' : '; '}${detail.property || 'Value'}: ${detail[side]}`
    if (joined.length > mostJoined) return `${joined.slice(0, mostJoined - 1)}…`
  }
  return joined
}

/** `Name changed from "a" to "b"`. */
function inWords({ property, before, after }: ActivityDetail): string {
  const from = before === '' ? '' : ` from "${before}"`
  const to = after === '' ? '' : ` to "${after}"`
  return `${property || 'Value'} changed${from}${to}`
}
