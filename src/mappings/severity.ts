/**
 * The severity of an event, 0 to 10: that of the first rule that fits, else what the record says by
 * itself; and of an alert the least at least, so that one which is quiet by itself is seen.
 *
 * A rule is a map of patterns over what the kind of record has (`SeveritySubject`), all of which must
 * fit. A pattern is a text, or a list of which one must fit; in it `*` stands for anything, and case does
 * not count. Rules see the record as it was read, before anything of it is hidden: what they let out of it
 * is one number.
 */
import { suggestion } from '../io/nearest.ts'
import type { Tree } from './options.ts'
import { entriesOf, kindOf, refusal } from './refuse.ts'

/** What rules are over, for one kind of record. */
export interface SeveritySubject<Subject, Options> {
  /** What a rule may ask for, by name, and how it is read as text. */
  conditions: ReadonlyMap<string, (record: Subject, options: Options) => string>
  /** What a record is that no rule fits. */
  usual(record: Subject, options: Options): number
  /** Whether the least severity counts for it. */
  isAlert(record: Subject, options: Options): boolean
  /** The least where the configuration does not say; `byRule`: a rule fits. */
  least(options: Options, byRule: boolean): number
  /** A list of rules. */
  example: string
}

interface Rule<Subject, Options> {
  conditions: ((record: Subject, options: Options) => boolean)[]
  severity: number
}

/** Gives an event's severity, or is undefined where the profile's stands. Throws `config`. */
export function compileSeverity<Subject, Options>(
  tree: Tree,
  least: number | null,
  places: { rules: string; least: string },
  subject: SeveritySubject<Subject, Options>,
): ((record: Subject, options: Options) => number) | undefined {
  if (least !== null) checkSeverity(least, places.least)
  if (tree === null && least === null) return undefined
  const rules = readRules(tree, places.rules, subject)
  return (record, options) => {
    const rule = rules.find(({ conditions }) => conditions.every((fits) => fits(record, options)))
    const severity = rule?.severity ?? subject.usual(record, options)
    if (!subject.isAlert(record, options)) return severity
    return Math.max(severity, least ?? subject.least(options, rule !== undefined))
  }
}

function readRules<Subject, Options>(
  tree: Tree,
  place: string,
  subject: SeveritySubject<Subject, Options>,
): Rule<Subject, Options>[] {
  if (tree === null) return []
  if (typeof tree === 'number') return [{ conditions: [], severity: checkSeverity(tree, place) }]
  if (!Array.isArray(tree)) {
    throw refusal(
      place,
      `is ${kindOf(tree)}; write a number from 0 to 10, or rules: ${subject.example}`,
    )
  }
  return tree.map((rule: unknown, index) => readRule(rule, `${place}.${index}`, subject))
}

function readRule<Subject, Options>(
  written: unknown,
  place: string,
  subject: SeveritySubject<Subject, Options>,
): Rule<Subject, Options> {
  const example = subject.example.slice(1, -1)
  if (written === null) throw refusal(place, `is empty; write ${example}`)
  const { severity, ...patterns } = Object.fromEntries(entriesOf(written, place, example))
  if (severity === undefined) throw refusal(place, 'has no severity; add a number from 0 to 10')
  const conditions = Object.entries(patterns).map(([name, pattern]) =>
    readCondition(name, pattern, `${place}.${name}`, subject),
  )
  return { conditions, severity: checkSeverity(severity, `${place}.severity`) }
}

function readCondition<Subject, Options>(
  name: string,
  written: unknown,
  place: string,
  { conditions }: SeveritySubject<Subject, Options>,
): Rule<Subject, Options>['conditions'][number] {
  const texts: unknown[] = Array.isArray(written) ? written : [written]
  if (texts.length === 0 || !texts.every((text) => typeof text === 'string' && text !== '')) {
    throw refusal(place, `is ${kindOf(written)}; write a text, in which * stands for anything`)
  }
  const patterns = (texts as string[]).map(wildcard)
  const read = conditions.get(name)
  if (read === undefined) {
    throw refusal(place, `is nothing that a rule knows${suggestion(name, conditions.keys())}`)
  }
  return (record, options) => {
    const value = read(record, options)
    return patterns.some((matches) => matches(value))
  }
}

function checkSeverity(value: unknown, place: string): number {
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 10) {
    return value as number
  }
  throw refusal(place, `is ${kindOf(value)}; write a whole number from 0 to 10`)
}

/** Whether a value is the pattern's from end to end. Takes linear time for each `*`. */
export function wildcard(pattern: string): (value: string) => boolean {
  const parts = comparable(pattern).split('*')
  const [first = '', ...rest] = parts
  const last = rest.pop()
  if (last === undefined) return (value) => comparable(value.trim()) === first.trim()
  return (value) => {
    const text = comparable(value.trim())
    if (!text.startsWith(first) || text.length < first.length + last.length) return false
    const end = text.length - last.length
    let from = first.length
    for (const part of rest) {
      const found = text.indexOf(part, from)
      if (found < 0 || found + part.length > end) return false
      from = found + part.length
    }
    return text.endsWith(last)
  }
}

/** Whatever its case, and with its accents composed: systems differ in both. */
function comparable(text: string): string {
  return text.normalize('NFC').toLowerCase()
}
