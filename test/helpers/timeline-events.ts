/** Arbitrary events of a timeline: any text anywhere, any instant, documented names and others. */
import fc from 'fast-check'
import { cadoKeys } from '../../src/cef/cado.ts'
import type { TimelineEvent } from '../../src/timeline/event.ts'
import { anyText } from './cef-events.ts'

const severity = fc.constantFrom(1, 3, 10, undefined)

export const anInstant = fc.record({
  seconds: fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }),
  nanos: fc.oneof(
    fc.constant(0),
    fc.integer({ min: 0, max: 999 }).map((part) => part * 1_000_000),
    fc.integer({ min: 0, max: 999_999_999 }),
  ),
})

const otherName = fc.oneof(
  fc.constantFrom(...Object.keys(cadoKeys), 'file_size', 'attribute_name', 'CadoResponseUid'),
  anyText,
)

export const aTimelineEvent: fc.Arbitrary<TimelineEvent> = fc.record({
  instant: fc.option(anInstant, { nil: undefined }),
  source: anyText,
  sourcetype: anyText,
  type: anyText,
  macb: fc.constantFrom('', 'M...', 'MACB', '.A..'),
  user: anyText,
  host: anyText,
  short: anyText,
  message: anyText,
  path: anyText,
  inode: anyText,
  notes: anyText,
  format: anyText,
  extra: anyText,
  tag: anyText,
  sha256: fc.constantFrom('', '9473976b2769337ca9a7243bf1ceddb3335f9551e113240ebb0c53ae789878d5'),
  evidenceId: fc.option(fc.nat(), { nil: undefined }),
  evidenceName: anyText,
  eventId: anyText,
  isFolder: fc.option(fc.boolean(), { nil: undefined }),
  alarms: fc.array(fc.record({ description: anyText, severity, helpText: anyText }), {
    maxLength: 3,
  }),
  other: fc.array(fc.tuple(otherName, anyText), { maxLength: 5 }),
})
