/**
 * `tests` of the configuration, for `cefline check`: each record is mapped as its source would map it,
 * and the event is held against what is expected of it. What a line would lose on its way is lost
 * here too: it is encoded and read back.
 */
import { decode } from '../cef/decode.ts'
import { encode } from '../cef/encode.ts'
import type { Configuration, SourceConfiguration } from '../config/load.ts'
import type { MappingTest } from '../config/mapping-tests.ts'
import type { CheckStep } from '../core.ts'
import { asCefline, error } from '../error.ts'
import { shorten } from '../io/printable.ts'
import { compileTimelineMapping, describeTimelineMapping } from '../mappings/cado.ts'
import { compileMapping, describeMapping } from '../mappings/compile.ts'
import { isEmptyMapping } from '../mappings/options.ts'
import { knownColumns } from '../netwrix/alert-columns.ts'
import { dateReader } from '../netwrix/alert-date.ts'
import type { DateFormat } from '../netwrix/alert-date.ts'
import { readRow } from '../netwrix/alert-rows.ts'
import { fromJson } from '../netwrix/record.ts'
import type { ActivityRecord } from '../netwrix/record.ts'
import type { Mapped } from './preview-record.ts'
import { timelineTestLine } from './timeline-test.ts'
import type { TimelineMapped } from './timeline-test.ts'

/** What a source needs of its options to map a record; the rest of them depends on its type. */
interface Tested extends Mapped {
  timezone?: string
  dateFormat?: DateFormat
}

/** What the mapping of a source holds, where it has one that can be; what is wrong says `create`. */
export function mappingStep({ name, type, options }: SourceConfiguration): CheckStep | undefined {
  const { mapping } = options as unknown as Mapped
  if (mapping === undefined || isEmptyMapping(mapping)) return undefined
  const place = `sources.${name}.mapping`
  const made = step('mapping', () => {
    if (isNetwrix(type)) {
      compileMapping(mapping, place)
      return describeMapping(mapping)
    }
    compileTimelineMapping(mapping, place)
    return describeTimelineMapping(mapping)
  })
  return made.ok ? made : undefined
}

export function* testSteps({ sources, tests }: Configuration): Generator<CheckStep> {
  for (const test of tests) {
    yield step(test.name, () => {
      const source = sources.find(({ name }) => name === test.source)
      if (source?.options === undefined || !('mapping' in source.options)) {
        throw error('config', `${test.source} is a source without a mapping; name one that has it`)
      }
      const differences = differencesOf(test, source)
      if (differences.length > 0) throw error('check-failed', differences.join('\n'))
      const count = Object.keys(test.expect).length
      return `${count} value(s) as expected of ${test.source}`
    })
  }
}

function differencesOf(test: MappingTest, { name, type, options }: SourceConfiguration): string[] {
  const place = `sources.${name}.mapping`
  const line = isNetwrix(type)
    ? netwrixLine(test, type, options as unknown as Tested, place)
    : timelineTestLine(test, options as unknown as TimelineMapped, place)
  const read = decode(line)
  if (read === undefined) return ['the event makes no CEF line']
  const { extension, ...header } = read
  const made = new Map<string, string>([...Object.entries(header), ...extension])
  return Object.entries(test.expect).flatMap(([key, expected]) => {
    const value = made.get(key)
    const wanted = expected === null ? undefined : String(expected)
    return value === wanted ? [] : [`${key}: expected ${shown(wanted)}, is ${shown(value)}`]
  })
}

function isNetwrix(type: string): boolean {
  return type.startsWith('netwrix-')
}

function netwrixLine(test: MappingTest, type: string, mapped: Tested, place: string): string {
  const event = compileMapping(mapped.mapping, place)(recordOf(test, mapped), {
    kind: type === 'netwrix-api' ? 'activity' : 'alert',
    profile: mapped.profile,
    receivedAt: Date.now(),
    id: 'test',
  })
  return encode(event)
}

function recordOf({ record }: MappingTest, options: Tested): ActivityRecord {
  if (record.kind === 'input') return fromJson(record.value)
  const { timezone = 'UTC', dateFormat = 'auto' } = options
  const columns = knownColumns(Object.keys(record.cells))
  const verdict = readRow(Object.values(record.cells), columns, dateReader(timezone, dateFormat))
  if (verdict.kind === 'record') return verdict.record
  const why = verdict.kind === 'refused' ? verdict.reason : 'is an empty one, or that of a test'
  throw error('row', `the row ${why}`)
}

function shown(value: string | undefined): string {
  return value === undefined ? 'nothing' : `"${shorten(value, 200)}"`
}

function step(name: string, run: () => string): CheckStep {
  const start = performance.now()
  const result = (ok: boolean, detail: string): CheckStep => {
    return { name, ok, detail, milliseconds: performance.now() - start }
  }
  try {
    return result(true, run())
  } catch (thrown) {
    return result(false, asCefline(thrown).message)
  }
}
