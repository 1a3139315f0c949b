/**
 * The stand-in Integration API's filters: read from what was posted, and held against its records, by
 * the rules of the documentation's "Filters" and "Filter Operators".
 */
import type { ActivityRecordJson } from './activity-records.ts'
import type { XmlElement } from './api-xml.ts'

/** One entry of a filter list. */
export interface ApiCondition {
  name: string
  operator: string
  /** A text, or the ends or the name of a range. */
  value: string | Record<string, string>
}

const ranges = ['From', 'To', 'Today', 'Yesterday', 'LastSevenDays', 'LastThirtyDays']
const texts = ['Contains', 'DoesNotContain', 'Equals', 'NotEqualTo', 'StartsWith', 'EndsWith']
const byText = ['RID', 'Who', 'Where', 'ObjectType', 'MonitoringPlan', 'What', 'DataSource', 'Item']
const names = [
  ...byText,
  'Workstation',
  'Detail',
  'Before',
  'After',
  'Action',
  'When',
  'WorkingHours',
]

/** Undefined when it is no filter list. */
export function filterOfJson(list: unknown): ApiCondition[] | undefined {
  if (typeof list !== 'object' || list === null) return undefined
  return known(
    Object.entries(list).flatMap(([name, given]) =>
      [given].flat().flatMap((entry: unknown): ApiCondition[] => {
        if (typeof entry === 'string') return [{ name, operator: usual(name), value: entry }]
        const parts = Object.entries(entry as Record<string, string>)
        if (parts.some(([part]) => ranges.includes(part))) {
          return [{ name, operator: 'Equals', value: entry as Record<string, string> }]
        }
        return parts.map(([operator, value]) => ({ name, operator, value }))
      }),
    ),
  )
}

export function filterOfXml(list: XmlElement | undefined): ApiCondition[] | undefined {
  if (list?.name !== 'FilterList') return undefined
  return known(
    list.children.map(({ name, attributes, children, text }) => {
      const range = children.map((child) => [child.name, child.text])
      const value =
        children.length > 0 ? (Object.fromEntries(range) as Record<string, string>) : text
      return { name, operator: attributes['Operator'] ?? usual(name), value }
    }),
  )
}

/** Different names by and; of one name the positive entries by or, the negative ones by and. */
export function passes(record: ActivityRecordJson, conditions: readonly ApiCondition[]): boolean {
  const isNegative = ({ operator }: ApiCondition) => /^(DoesNotContain|Not.*)$/.test(operator)
  const all = conditions.filter(isNegative).every((condition) => holds(record, condition))
  const positive = conditions.filter((condition) => !isNegative(condition))
  return (
    all &&
    positive.every(({ name }) =>
      positive.some((condition) => condition.name === name && holds(record, condition)),
    )
  )
}

function holds(record: ActivityRecordJson, { name, operator, value }: ApiCondition): boolean {
  const text = textOf(record[name])
  if (name === 'When') {
    if (typeof value === 'string')
      return (Date.parse(text) === Date.parse(value)) === (operator === 'Equals')
    const { From, To } = value
    const time = Date.parse(text)
    return (
      (From === undefined || time >= Date.parse(From)) &&
      (To === undefined || time <= Date.parse(To))
    )
  }
  const [has, wanted] = [text, value as string].map((each) => each.toLowerCase()) as [
    string,
    string,
  ]
  if (operator === 'Contains') return has.includes(wanted)
  if (operator === 'DoesNotContain') return !has.includes(wanted)
  if (operator === 'StartsWith') return has.startsWith(wanted)
  if (operator === 'EndsWith') return has.endsWith(wanted)
  return (has === wanted) === (operator === 'Equals')
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return String((value as { Name?: string } | undefined)?.Name ?? '')
}

function usual(name: string): string {
  return ['Action', 'When', 'WorkingHours'].includes(name) ? 'Equals' : 'Contains'
}

function known(conditions: ApiCondition[]): ApiCondition[] | undefined {
  const good = conditions.every(
    ({ name, operator }) => names.includes(name) && texts.includes(operator),
  )
  return good && conditions.length > 0 ? conditions : undefined
}
