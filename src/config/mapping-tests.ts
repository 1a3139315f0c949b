/**
 * The section `tests`: records and what is expected of the events that a source makes of them, for
 * `cefline check` to try. Only their shape is looked at here; `run` never tries them.
 */
import { suggestion } from '../io/nearest.ts'
import { isGroup } from './document.ts'
import type { Path } from './document.ts'
import type { Problems } from './problems.ts'

export interface MappingTest {
  readonly name: string
  /** Name of a source. */
  readonly source: string
  /** An activity record or an event of a timeline as JSON has it, or the cells of a row by column. */
  readonly record:
    | { readonly kind: 'input'; readonly value: unknown }
    | { readonly kind: 'row'; readonly cells: Readonly<Record<string, string>> }
  /** By CEF key or field of the header; null: must not be there. */
  readonly expect: Readonly<Record<string, string | number | null>>
}

const known = ['name', 'source', 'input', 'row', 'expect']

const example =
  "{ source: activity, input: { Who: 'CORP\\a', Action: Added }, expect: { act: Added } }"

/** A list, or a map whose keys are the names. One that is wrong is reported and left out. */
export function readTests(given: unknown, sources: unknown, problems: Problems): MappingTest[] {
  if (given === undefined || given === null) return []
  const names = isGroup(sources) ? Object.keys(sources) : undefined
  const entries: [string, unknown][] = Array.isArray(given)
    ? given.map((test: unknown, index) => [`${index}`, test])
    : isGroup(given)
      ? Object.entries(given)
      : []
  if (!Array.isArray(given) && !isGroup(given)) {
    problems.add(['tests'], `is one value where a list belongs; write in it ${example}`)
  }
  return entries.flatMap(([key, test]) => readTest(key, test, names, problems) ?? [])
}

function readTest(
  key: string,
  test: unknown,
  sources: string[] | undefined,
  problems: Problems,
): MappingTest | undefined {
  const path = ['tests', key]
  if (!isGroup(test)) {
    problems.add(path, `is no map; write ${example}`)
    return undefined
  }
  for (const option of Object.keys(test)) {
    if (known.includes(option)) continue
    problems.add([...path, option], `there is no such option${suggestion(option, known)}`)
  }
  const { name = /^\d+$/.test(key) ? `test ${Number(key) + 1}` : key, source, expect } = test
  if (typeof name !== 'string') problems.addValue([...path, 'name'], name, 'is not a text')
  const sourceName = readSource(source, [...path, 'source'], sources, problems)
  const record = readRecord(test, path, problems)
  const expected = readExpected(expect, [...path, 'expect'], problems)
  if (sourceName === undefined || !record || !expected) return undefined
  return { name: String(name), source: sourceName, record, expect: expected }
}

/** Where the file has one source, a test need not name it. */
function readSource(
  source: unknown,
  path: Path,
  sources: string[] | undefined,
  problems: Problems,
): string | undefined {
  const [first, ...more] = sources ?? []
  if (source === undefined && first !== undefined && more.length === 0) return first
  if (typeof source !== 'string') {
    problems.add(path, 'is missing; write the name of a source')
    return undefined
  }
  if (sources !== undefined && !sources.includes(source)) {
    problems.addValue(path, source, `is no source${suggestion(source, sources)}`)
  }
  return source
}

function readRecord(
  { input, row }: Record<string, unknown>,
  path: Path,
  problems: Problems,
): MappingTest['record'] | undefined {
  if (isGroup(input) && row === undefined) return { kind: 'input', value: input }
  if (isGroup(row) && input === undefined) {
    return { kind: 'row', cells: Object.fromEntries(Object.entries(row).map(cell)) }
  }
  problems.add(
    path,
    input !== undefined && row !== undefined
      ? 'has input and row; keep one of them'
      : 'has no record; write input (an activity record, or a timeline’s event) or row (the columns of an alert, or of a timeline) as a map',
  )
  return undefined
}

function cell([column, value]: [string, unknown]): [string, string] {
  return [column, typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value)]
}

function readExpected(
  expect: unknown,
  path: Path,
  problems: Problems,
): MappingTest['expect'] | undefined {
  if (!isGroup(expect) || Object.keys(expect).length === 0) {
    problems.add(path, 'is no map; write in it what is expected, such as suser: CORP\\a')
    return undefined
  }
  const entries = Object.entries(expect).map(([key, value]) => {
    if (value === null || value === false) return [key, null]
    if (typeof value === 'string' || typeof value === 'number') return [key, value]
    problems.add(
      [...path, key],
      'is not a text; write one value, or null for a key that is left out',
    )
    return [key, null]
  })
  return Object.fromEntries(entries) as MappingTest['expect']
}
