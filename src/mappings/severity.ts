/**
 * The severity of an event, 0 to 10: that of the first rule that fits, else what its action says; and
 * of an alert the least at least, so that one which is quiet by itself is seen.
 *
 * A rule is a map of patterns over the record's fields, of `outcome` (success, failure) and `kind`
 * (alert, activity), all of which must fit. A pattern is a text, or a list of which one must fit; in
 * it `*` stands for anything, and case does not count. Rules see the record as it was read, before
 * anything of it is hidden: what they let out of it is one number.
 */
import { suggestion } from '../io/nearest.ts'
import type { ActivityRecord } from '../netwrix/record.ts'
import type { MappingOptions } from './netwrix.ts'
import { actionMeaning } from './netwrix-action.ts'
import type { Tree } from './options.ts'
import { fieldNames, fieldReader } from './record-field.ts'
import { entriesOf, kindOf, refusal } from './refuse.ts'

export const alertMinimum = 7

type Kind = MappingOptions['kind']
type Condition = (record: ActivityRecord, kind: Kind) => boolean

interface Rule {
  conditions: Condition[]
  severity: number
}

const example = '[{ action: Removed, objectType: group, severity: 8 }]'
/** `ObjectType` is written as the other options are, `objectType`. */
const fieldConditions = new Map(
  fieldNames.map((name) => [/^RID$/.test(name) ? 'rid' : lowerFirst(name), name]),
)
const conditionNames = [...fieldConditions.keys(), 'outcome', 'kind']

/** Gives an event's severity, or is undefined where the profile's stands. Throws `config`. */
export function compileSeverity(
  tree: Tree,
  least: number | null,
  places: { rules: string; least: string },
): ((record: ActivityRecord, options: MappingOptions) => number) | undefined {
  if (least !== null) checkSeverity(least, places.least)
  if (tree === null && least === null) return undefined
  const rules = readRules(tree, places.rules)
  return (record, { kind, profile }) => {
    const rule = rules.find(({ conditions }) => conditions.every((fits) => fits(record, kind)))
    if (rule === undefined && profile === 'classic') return kind === 'alert' ? (least ?? 0) : 0
    const severity = rule?.severity ?? actionMeaning(record.action).severity
    return kind === 'alert' ? Math.max(severity, least ?? alertMinimum) : severity
  }
}

function readRules(tree: Tree, place: string): Rule[] {
  if (tree === null) return []
  if (typeof tree === 'number') return [{ conditions: [], severity: checkSeverity(tree, place) }]
  if (!Array.isArray(tree)) {
    throw refusal(place, `is ${kindOf(tree)}; write a number from 0 to 10, or rules: ${example}`)
  }
  return tree.map((rule: unknown, index) => readRule(rule, `${place}.${index}`))
}

function readRule(written: unknown, place: string): Rule {
  if (written === null) throw refusal(place, `is empty; write ${example.slice(1, -1)}`)
  const { severity, ...patterns } = Object.fromEntries(
    entriesOf(written, place, example.slice(1, -1)),
  )
  if (severity === undefined) throw refusal(place, 'has no severity; add a number from 0 to 10')
  const conditions = Object.entries(patterns).map(([name, pattern]) =>
    readCondition(name, pattern, `${place}.${name}`),
  )
  return { conditions, severity: checkSeverity(severity, `${place}.severity`) }
}

function readCondition(name: string, written: unknown, place: string): Condition {
  const texts: unknown[] = Array.isArray(written) ? written : [written]
  if (texts.length === 0 || !texts.every((text) => typeof text === 'string' && text !== '')) {
    throw refusal(place, `is ${kindOf(written)}; write a text, in which * stands for anything`)
  }
  const patterns = (texts as string[]).map(wildcard)
  const fits = (value: string) => patterns.some((matches) => matches(value))
  if (name === 'kind') return (_record, kind) => fits(kind)
  if (name === 'outcome') return ({ action }) => fits(actionMeaning(action).outcome)
  const field = fieldConditions.get(name)
  if (field === undefined) {
    throw refusal(place, `is nothing that a rule knows${suggestion(name, conditionNames)}`)
  }
  const read = fieldReader({ kind: 'field', name: field })
  return (record) => fits(read(record))
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

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}
