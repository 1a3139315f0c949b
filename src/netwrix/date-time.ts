/**
 * The xs:dateTime of activity records (`2017-02-14T15:42:34Z`; Netwrix, "Activity record reference").
 * `Date.parse` is not used: it takes forms beyond the standard's, and a time without a zone as the
 * machine's own, where Netwrix means UTC.
 */

const form = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?(Z|[+-]\d\d:\d\d)?$/

/** Milliseconds since 1970, or undefined when the text is no date and time that exists. */
export function parseDateTime(text: string): number | undefined {
  const found = form.exec(text.trim())
  if (found === null) return undefined
  const [, year = '', month = '', day = '', hour = '', minute = '', second = ''] = found
  const fraction = found[7] ?? ''
  const date = `${year}-${month}-${day}`
  const time = Date.parse(`${date}T${hour}:${minute}:${second}Z`)
  // 30 February would become 2 March.
  if (Number.isNaN(time) || new Date(`${date}T00:00:00Z`).getUTCDate() !== Number(day)) {
    return undefined
  }
  return time + Number(fraction.slice(0, 3).padEnd(3, '0')) - offset(found[8] ?? 'Z')
}

/** Milliseconds east of Greenwich. */
function offset(zone: string): number {
  if (zone === 'Z') return 0
  const [hours = 0, minutes = 0] = zone.slice(1).split(':').map(Number)
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}
