/**
 * A CEF line, bare or in a syslog frame, as it is shown to people: in colour where that is wanted, and
 * with nothing in it that a terminal would obey.
 */
import colors from 'picocolors'
import { printable } from './printable.ts'

/** `CEF:0|vendor|product|version|class|`, name, severity. A pipe or backslash may be escaped. */
const header = /CEF:\d+\|(?:(?:[^|\\]|\\.)*\|){4}((?:[^|\\]|\\.)*)\|([^|]*)\|/

/** Dims what is the same in each line, weighs the severity, and sets off the keys. */
export function paintCef(line: string, colored: boolean): string {
  const text = printable(line)
  const found = colored ? header.exec(text) : null
  if (!found) return text
  const { bold, cyan, dim, green, red, yellow } = colors.createColors(true)
  const [whole, name = '', severity = ''] = found
  const nameAt = found.index + whole.length - name.length - severity.length - 2
  const weigh = Number(severity) >= 7 ? red : Number(severity) >= 4 ? yellow : green
  const pairs = text
    .slice(found.index + whole.length)
    .replace(/(^| )([A-Za-z0-9_]+)=/g, (_pair, before: string, key: string) => {
      return `${before}${cyan(key)}${dim('=')}`
    })
  const bar = dim('|')
  return `${dim(text.slice(0, nameAt))}${bold(name)}${bar}${weigh(severity)}${bar}${pairs}`
}
