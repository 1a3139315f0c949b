/**
 * The option `mapping` over a timeline's events: `compileTimelineMapping` of `cado.ts`.
 */
import t from 'tap'
import { decode } from '../../src/cef/decode.ts'
import { encode } from '../../src/cef/encode.ts'
import {
  compileTimelineMapping,
  compileTimelineRedaction,
  describeTimelineMapping,
  mapTimelineEvent,
} from '../../src/mappings/cado.ts'
import type { CadoMappingOptions } from '../../src/mappings/cado.ts'
import type { MappingSpec } from '../../src/mappings/options.ts'
import type { TimelineEvent } from '../../src/timeline/event.ts'
import { emptyEvent } from '../../src/timeline/event.ts'
import { spec } from '../helpers/mapping-spec.ts'

const place = 'sources.evidence.mapping'
const event: TimelineEvent = {
  ...emptyEvent(),
  instant: { seconds: 1_595_194_940, nanos: 0 },
  source: 'REG',
  sourcetype: 'Registry Key',
  type: 'Creation Time',
  user: 'CORP\\jsmith',
  host: 'ws-42.corp.com',
  path: 'C:\\Users\\jsmith\\NTUSER.DAT',
  message: 'jsmith ran C:\\Users\\jsmith\\NTUSER.DAT on WS-42',
  alarms: [
    { description: 'Malicious: jsmith', severity: 1, helpText: '' },
    { description: 'seen on ws-42', severity: 10, helpText: '' },
  ],
  other: [
    ['executed_process', 'C:\\Users\\jsmith\\a.exe'],
    ['parent', 'C:\\Users\\jsmith'],
    ['ticket', 'T1'],
  ],
}

function map(
  parts: Partial<MappingSpec>,
  changes: Partial<TimelineEvent> = {},
  changed: Partial<CadoMappingOptions> = {},
) {
  const options = {
    profile: 'cado',
    severity: 'alarm',
    receivedAt: 0,
    id: 'id',
    ...changed,
  } as const
  return compileTimelineMapping(spec(parts), place)({ ...event, ...changes }, options)
}

function values(...given: Parameters<typeof map>): Record<string, string> {
  return Object.fromEntries(decode(encode(map(...given)))?.extension ?? [])
}

t.test('an alarm whose text is hidden stays one, and as bad', async (t) => {
  const malicious = { description: 'Malicious: x', severity: undefined, helpText: '' }
  const odd = { description: 'Odd', severity: undefined, helpText: '' }
  for (const how of ['drop', 'hash', { cut: 3 }]) {
    const hidden = { privacy: { key: 'sixteen characters', fields: { alarm_description: how } } }
    const one = map(hidden, { alarms: [odd, malicious] })
    t.equal(one.severity, 10)
    t.match(one.extension, [['alarm', 'True']])
    t.notMatch(encode(one), /Malicious: x/)
    const other = map(hidden, { alarms: [{ ...odd, severity: 10 }] })
    t.equal(other.severity, 1)
    t.match(other.extension, [['alarm', 'True']])
  }
})

t.test('nothing set is the profile’s', async (t) => {
  t.equal(compileTimelineMapping(undefined, place), mapTimelineEvent)
  t.equal(compileTimelineMapping(spec({}), place), mapTimelineEvent)
})

t.test('fields and header', async (t) => {
  const fields = {
    type: '{sourcetype}: {type}',
    evidence_name: 'case 7',
    cs1: '{ticket}',
    deviceCustomDate1: '{eventTime}',
    AcmeTeam: '{user|last} at {host|host}',
    source: null,
  }
  const header = { name: '{type} of {filePath|last}' }
  t.equal(map({ header }).name, 'Creation Time of NTUSER.DAT')
  const read = values({ fields })
  t.match(read, {
    type: 'Registry Key: Creation Time',
    evidence_name: 'case 7',
    cs1: 'T1',
    cs1Label: 'ticket',
    deviceCustomDate1: '1595194940000',
    AcmeTeam: 'jsmith at ws-42.corp.com',
  })
  t.notOk('source' in read)
  for (const [wrong, message] of [
    [{ Type: 'x' }, /fields\.Type is no key of CEF; did you mean type\?/],
    [{ rt: 'x' }, /fields\.rt is "x", and rt is a key of type time/],
    [{ msg: '{filePat}' }, /did you mean filePath\?/],
    [{ alarm_severty: 'x' }, /fields\.alarm_severty is no key: .*; did you mean alarm_severity\?/],
  ] as const) {
    t.throws(() => map({ fields: wrong }), { code: 'config', message })
  }
})

t.test('severity', async (t) => {
  const severity = [
    { sourcetype: 'registry*', filePath: '*\\NTUSER.DAT', alarm: 'True', severity: 9 },
    { executed_process: '*\\a.exe', severity: 4 },
    { alarm_severity: '10', severity: 2 },
  ]
  t.equal(map({ severity }).severity, 9)
  t.equal(map({ severity }, { sourcetype: 'x' }).severity, 4)
  t.equal(map({ severity }, { alarms: [], other: [] }).severity, 1)
  t.equal(map({ severity: [] }).severity, 10)
  t.equal(map({ severity: [], alertMinimum: 8 }, { alarms: event.alarms.slice(1) }).severity, 8)
  t.equal(map({ severity: [], alertMinimum: 8 }, { alarms: [] }).severity, 1)
  t.equal(map({ severity: [] }, {}, { severity: 'verbatim' }).severity, 1)
  t.throws(() => map({ severity: [{ who: 'x', severity: 1 }] }), {
    code: 'config',
    message: /severity\.0\.who is nothing that a rule knows; known are|did you mean/,
  })
})

t.test('privacy: what is hidden is in no key', async (t) => {
  const key = 'a key of 16 characters or more'
  const hidden = (fields: unknown) => encode(map({ privacy: { key, fields } }))
  t.notMatch(hidden({ user: 'drop' }), /jsmith/i)
  t.match(hidden({ user: 'drop' }), / filePath=C:\\\\Users\\\\\*\*\*\*\\\\NTUSER.DAT /)
  t.match(hidden({ suser: 'hash' }), / suser=[0-9a-f]{32} /)
  t.notMatch(hidden({ suser: 'hash' }), /jsmith/i)
  t.notMatch(hidden({ host: 'drop' }), /ws-42/i)
  t.notMatch(hidden({ filePath: 'hash' }), /NTUSER|parent=C:/)
  t.notMatch(hidden({ alarm_description: 'drop' }), /Malicious: |seen on/)
  t.match(hidden({ message: { cut: 6 }, suser: 'drop' }), /CadoResponseMessage=\*\*\*\* r…/)
  const whole = structuredClone(event)
  compileTimelineRedaction(spec({ privacy: { key, fields: { user: 'drop' } } }), place)?.(whole)
  t.strictSame(whole, event, 'the event itself stays')
  for (const [fields, message] of [
    [
      { eventTime: 'drop' },
      /privacy\.fields\.eventTime cannot be hidden; it says what an event is/,
    ],
    [{ alarm_severity: 'drop' }, /cannot be hidden/],
    [{ hots: 'drop' }, /did you mean host\?/],
    [{ user: 'drop', suser: 'hash' }, /is there already|which is there already/],
  ] as const) {
    t.throws(() => hidden(fields), { code: 'config', message })
  }
})

t.test('in a few words', async (t) => {
  t.equal(
    describeTimelineMapping(
      spec({
        fields: { type: 'x', evidence_name: 'y', typ: 'z' },
        alertMinimum: 3,
        privacy: { key: null, fields: { user: 'drop', ticket: 'drop' } },
      }),
    ),
    'fields type, evidence_name, typ; alerts 3 at least; hidden user, ticket (a column of that name); ' +
      'typ is no key of CEF; did you mean type?',
  )
})
