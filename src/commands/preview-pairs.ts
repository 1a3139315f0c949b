/**
 * A record under two configurations, side by side, as text and as JSON.
 */
import colors from 'picocolors'
import { decode } from '../cef/decode.ts'
import { printable } from '../io/printable.ts'
import { padded, widthOf } from '../io/width.ts'
import type { Difference, Outcome } from './preview-differences.ts'
import { eventJson, frameText } from './preview-event.ts'
import { count } from './text.ts'

export interface Pair {
  change: 'same' | 'changed' | 'onlyBefore' | 'onlyAfter'
  before: Outcome | undefined
  after: Outcome | undefined
  /** Only of `changed`. */
  differences: Difference[]
}

export type Counts = Record<'compared' | Pair['change'], number>

/** What the two configurations are called. */
export interface Names {
  before: string
  after: string
}

/** Columns that a value may take to stand beside the other one. */
const widest = 48
const nothing = '(nothing)'

/** `record` has the fields that both configurations show, and show alike. */
export function pairJson(number: number, { change, before, after, differences }: Pair): object {
  return {
    number,
    change,
    record: Object.fromEntries(commonFields(before, after)),
    before: outcomeJson(before),
    after: outcomeJson(after),
    differences,
  }
}

function outcomeJson(outcome: Outcome | undefined): object | null {
  if (!outcome) return null
  if (outcome.reject) return { rejected: { ...outcome.reject, id: undefined } }
  return eventJson(outcome.line, outcome.frames)
}

function commonFields(before: Outcome | undefined, after: Outcome | undefined) {
  const [was, is] = [before ?? after, after ?? before]
  if (!was || !is || was.reject || is.reject) return []
  const shown = new Map(is.fields)
  return was.fields.filter(([name, value]) => shown.get(name) === value)
}

export function pairText(number: number, pair: Pair, names: Names): string {
  const { change, before, after, differences } = pair
  const title = colors.bold(
    `#${number} ${printable(nameOf(after) ?? nameOf(before) ?? 'rejected')}`,
  )
  if (change === 'same') return `${title}  the same`
  if (change !== 'changed') {
    const where = printable(change === 'onlyBefore' ? names.before : names.after)
    const one = before ?? after
    const what = one?.reject ? `rejected (${one.reject.code}): ${one.reject.reason}` : cefOf(one)
    return `${title}  only under ${where}\n  ${printable(what)}\n`
  }
  const fields = differences.filter(({ what }) => what !== 'frame')
  const frames = differences.filter(({ what }) => what === 'frame')
  return [
    title,
    ...sideBySide(fields),
    ...frames.flatMap(({ name }) => [
      `  ${colors.red('-')} ${frameOf(before, name)}`,
      `  ${colors.green('+')} ${frameOf(after, name)}`,
    ]),
    '',
  ].join('\n')
}

/** What was to the left of what is; where one is too long for that, above it. */
function sideBySide(differences: readonly Difference[]): string[] {
  const rows = differences.map(({ name, before, after }) => {
    const [was, is] = [before, after].map((value) => printable(value ?? nothing))
    return { name: printable(name), was: was ?? '', is: is ?? '' }
  })
  const nameWidth = Math.max(0, ...rows.map(({ name }) => widthOf(name)))
  const short = rows.map(({ was }) => widthOf(was)).filter((width) => width <= widest)
  const valueWidth = Math.max(0, ...short)
  return rows.flatMap(({ name, was, is }) => {
    const begin = `  ${colors.cyan(padded(name, nameWidth))}  `
    if (widthOf(was) <= widest && widthOf(is) <= widest) {
      return [`${begin}${colors.red(padded(was, valueWidth))}  → ${colors.green(is)}`]
    }
    const below = ' '.repeat(nameWidth + 4)
    return [`${begin}${colors.red(`- ${was}`)}`, `${below}${colors.green(`+ ${is}`)}`]
  })
}

function nameOf(outcome: Outcome | undefined): string | undefined {
  return outcome && !outcome.reject ? decode(outcome.line.cef)?.name : undefined
}

function cefOf(outcome: Outcome | undefined): string {
  return outcome && !outcome.reject ? outcome.line.cef : nothing
}

function frameOf(outcome: Outcome | undefined, destination: string): string {
  const frames = outcome && !outcome.reject ? outcome.frames : []
  const found = frames.find((one) => one.destination === destination)
  return found ? frameText(found) : `${printable(destination)} is no destination there`
}

export function summaryText(
  { compared, same, changed, onlyBefore, onlyAfter }: Counts,
  rejected: { before: number; after: number },
  names: Names,
): string {
  const [before, after] = [printable(names.before), printable(names.after)]
  return [
    `before: ${before}, after: ${after}`,
    `${count(compared)} compared = ${count(same)} the same + ${count(changed)} changed + ${count(onlyBefore)} only before + ${count(onlyAfter)} only after`,
    `rejected: ${count(rejected.before)} before, ${count(rejected.after)} after`,
  ].join('\n')
}
