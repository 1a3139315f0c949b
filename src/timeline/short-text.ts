/**
 * The short text of an event where a format has only the whole one, as plaso makes it: one line of at
 * most 80 characters, of a longer one the first 77 and three points.
 */

const most = 80

export function shortOf(message: string): string {
  const line = /[\r\n]/.test(message) ? message.replace(/[\r\n]+/g, '') : message
  if (line.length <= most) return line
  // By characters, as Python counts: two of UTF-16 may be one.
  const characters = [...line.slice(0, most * 2 + 2)]
  return characters.length > most ? `${characters.slice(0, most - 3).join('')}...` : line
}
