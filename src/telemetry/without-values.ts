/**
 * Texts without the values that they quote: Cefline's own log never holds a value of a record, and
 * nor do its own events. A reject's reason stands whole beside it, `cefline rejects show` has it.
 */
import type { Code } from '../error.ts'

/** Of what is read or sent: their messages may quote it. */
const quoting: readonly Code[] = [
  'header',
  'row',
  'encoding',
  'record',
  'date',
  'too-large',
  'bad-answer',
  'refused',
  'cut',
  'internal',
]

/**
 * A reason as the log may have it: from the first quotation mark to the last, as a value may have some
 * of its own; or to the last `…`, as one that was too long has no mark at its end. A reason has
 * therefore no quotation marks but those.
 */
export function withoutValues(reason: string): string {
  return reason.replace(/"[^]*["…]/, '"…"')
}

/** The message of an error as an event of Cefline's own has it: what is wrong with a configuration is
 * several lines, and each quotes what is written there. */
export function tellable(code: string, message: string): string {
  const lines = message.split('\n')
  if (code === 'config') return lines.map(withoutValues).join('; ')
  const text = lines.join('; ')
  return (quoting as readonly string[]).includes(code) ? withoutValues(text) : text
}
