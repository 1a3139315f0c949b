/**
 * Times as the text form of CEF's Appendix A that carries year and zone, always English and UTC:
 * `Mar 08 2017 14:01:48 GMT`. The vendor's add-on writes the same with the server's month names,
 * which no parser knows; those that exist match `\w{3} \d\d \d{4}`, so the day has two digits.
 */

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))
const millisecondsOfDay = 86_400_000
/** What four digits of a year can name: from 1 January 0000 to 31 December 9999. */
const least = Date.parse('0000-01-01T00:00:00.000Z')
const greatest = Date.parse('9999-12-31T23:59:59.999Z')

// Records come almost in order of time, so that nearly all of them fall on the day before them.
let lastDay = Number.NaN
let lastText = ''

/**
 * @param time ms since 1970; the part below a second is left out.
 * @returns the text, or decimal milliseconds (the form's other half) beyond the years 0 to 9999.
 */
export function cefDate(time: number): string {
  if (!(time >= least && time <= greatest)) return String(time)
  const day = Math.floor(time / millisecondsOfDay)
  if (day !== lastDay) {
    lastText = dayText(new Date(day * millisecondsOfDay))
    lastDay = day
  }
  const second = Math.floor((time - day * millisecondsOfDay) / 1000)
  const hours = twoDigits[Math.floor(second / 3600)] ?? ''
  const minutes = twoDigits[Math.floor(second / 60) % 60] ?? ''
  return `${lastText} ${hours}:${minutes}:${twoDigits[second % 60] ?? ''} GMT`
}

function dayText(date: Date): string {
  const year = String(date.getUTCFullYear()).padStart(4, '0')
  return `${months[date.getUTCMonth()] ?? ''} ${twoDigits[date.getUTCDate()] ?? ''} ${year}`
}
