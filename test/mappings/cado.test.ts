import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { cadoKeys } from '../../src/cef/cado.ts'
import { decode } from '../../src/cef/decode.ts'
import { encode } from '../../src/cef/encode.ts'
import { cleanValue } from '../../src/cef/value.ts'
import type { CadoMappingOptions } from '../../src/mappings/cado.ts'
import { mapTimelineEvent } from '../../src/mappings/cado.ts'
import type { TimelineEvent } from '../../src/timeline/event.ts'
import { emptyEvent } from '../../src/timeline/event.ts'
import { findProgram, needs } from '../helpers/peers.ts'
import { aTimelineEvent } from '../helpers/timeline-events.ts'

const options: CadoMappingOptions = {
  profile: 'cado',
  severity: 'alarm',
  receivedAt: 1_700_000_000_000,
  id: 'an-id-of-twenty-char',
}

const malicious = {
  description: 'Malicious File Detected: cryptomining_malware_wannamine',
  severity: 1,
  helpText: '',
}
const sample: Partial<TimelineEvent> = {
  instant: { seconds: 1_595_194_940, nanos: 0 },
  source: 'FILE',
  type: 'Content Modification Time',
  macb: 'M...',
  path: '/tmp/file.txt',
  evidenceId: 2,
  evidenceName: 'aws_compromise.zip',
  eventId: 'Q5FBqHwBX9dvp1T5IsHT',
  alarms: [malicious],
}

function map(changes: Partial<TimelineEvent>, changed: Partial<CadoMappingOptions> = {}) {
  return mapTimelineEvent({ ...emptyEvent(), ...changes }, { ...options, ...changed })
}

function line(changes: Partial<TimelineEvent>, changed: Partial<CadoMappingOptions> = {}): string {
  return encode(map(changes, changed))
}

function values(
  changes: Partial<TimelineEvent>,
  changed: Partial<CadoMappingOptions> = {},
): Record<string, string> {
  return Object.fromEntries(decode(line(changes, changed))?.extension ?? [])
}

t.test('the documentation’s sample', async (t) => {
  t.equal(
    line(sample, { profile: 'cado-classic' }),
    'CEF:0|CadoSecurity|CadoResponse|1.0.2|0|Content Modification Time|10| alarm=True ' +
      `alarm_description=${malicious.description} alarm_severity=1 evidence_id=2 ` +
      'evidence_name=aws_compromise.zip filename_stripped=tmp file.txt macb=M... parent=/tmp ' +
      'source=FILE type=Content Modification Time eventTime=1595194940 filePath=/tmp/file.txt ' +
      'eventId=Q5FBqHwBX9dvp1T5IsHT msg=Malicious File Detected: cryptomining_malware_wannamine',
  )
  t.match(line(sample), / msg=Malicious File .* rt=1595194940000$/)
})

t.test('all fields, under Cado’s names', async (t) => {
  t.strictSame(
    values({
      ...sample,
      sourcetype: 'File stat',
      user: 'root',
      host: 'web1',
      short: 'short',
      message: 'the whole',
      inode: '351025',
      notes: "[{'note': 'look'}]",
      format: 'filestat',
      extra: 'file_size: 1509; is_allocated: True',
      tag: 'File Access',
      sha256: '94739',
      isFolder: false,
      other: [
        ['domain', 'SHIELDBASE'],
        ['source_port', '443'],
        ['first_day', 'False'],
        ['version', '2'],
        ['query_suggestions', "[{'url': '?query=a'}]"],
        ['file_size', '1509'],
        ['CadoResponseUid', '0'],
        ['été', '1'],
        ['host', 'another'],
        ['eventTime', '1595194940'],
        ['alarm_severity', 'none'],
      ],
    }),
    {
      alarm: 'True',
      alarm_description: malicious.description,
      alarm_severity: '1',
      domain: 'SHIELDBASE',
      evidence_id: '2',
      evidence_name: 'aws_compromise.zip',
      extra: 'file_size: 1509; is_allocated: True',
      filename_stripped: 'tmp file.txt',
      first_day: 'False',
      format: 'filestat',
      host: 'web1',
      inode: '351025',
      macb: 'M...',
      notes: "[{'note': 'look'}]",
      parent: '/tmp',
      query_suggestions: "[{'url': '?query=a'}]",
      sha256: '94739',
      short: 'short',
      source: 'FILE',
      source_port: '443',
      sourcetype: 'File stat',
      tag: 'File Access',
      type: 'Content Modification Time',
      version: '2',
      eventTime: '1595194940',
      filePath: '/tmp/file.txt',
      eventId: 'Q5FBqHwBX9dvp1T5IsHT',
      suser: 'root',
      isFolder: 'False',
      msg: malicious.description,
      rt: '1595194940000',
      CadoResponseMessage: 'the whole',
      CadoResponseFileSize: '1509',
      CadoResponseUid: '0',
      CadoResponseT: '1',
      CadoResponseHost: 'another',
      CadoResponseAlarmSeverity: 'none',
    },
  )
})

t.test('an event of nothing', async (t) => {
  const event = map({})
  t.match(event, { name: 'Event', severity: 1, time: options.receivedAt })
  t.strictSame(values({}), { eventId: options.id })
  t.equal(map({ source: 'LOG' }).name, 'LOG')
  t.equal(map({ source: 'LOG', sourcetype: 'Cron log' }).name, 'Cron log')
})

t.test('severity goes by the worst alarm', async (t) => {
  const alarm = (severity: number | undefined, description = '') => ({
    description,
    severity,
    helpText: '',
  })
  const severity = (alarms: TimelineEvent['alarms'], by: 'alarm' | 'verbatim' = 'alarm') =>
    map({ alarms }, { severity: by }).severity
  t.equal(severity([]), 1)
  t.equal(severity([alarm(1)]), 10)
  t.equal(severity([alarm(3)]), 6)
  t.equal(severity([alarm(2)]), 6)
  t.equal(severity([alarm(10)]), 1)
  t.equal(severity([alarm(undefined)]), 6)
  t.equal(severity([alarm(undefined, 'Malicious File Detected')]), 10)
  t.equal(severity([], 'verbatim'), 0)
  t.equal(severity([alarm(10)], 'verbatim'), 10)
  t.equal(severity([alarm(undefined)], 'verbatim'), 0)
  t.same(
    [300, -7].map((number) => severity([alarm(number)], 'verbatim')),
    [10, 0],
    'a number of no scale is no severity beyond CEF’s',
  )

  const alarms = [alarm(10, 'seen'), { ...alarm(1, 'bad'), helpText: 'help' }, alarm(1, 'too')]
  t.equal(severity(alarms), 10)
  t.match(values({ alarms }), {
    alarm_description: 'bad',
    alarm_severity: '1',
    alarm_help_text: 'help',
    msg: 'bad',
    CadoResponseAlarmInformation:
      "[{'description': 'seen', 'severity': 10}, {'description': 'bad', 'severity': 1, " +
      "'help_text': 'help'}, {'description': 'too', 'severity': 1}]",
  })
})

t.test('a severity of 10 alone is no alarm', async (t) => {
  const alarms = [{ description: '', severity: 10, helpText: '' }]
  t.strictSame(values({ alarms }), { alarm_severity: '10', eventId: options.id })
  t.equal(map({ alarms }).severity, 1)
  t.equal(
    values({ alarms: [{ description: '', severity: undefined, helpText: '' }] })['alarm'],
    'True',
  )
})

t.test('where the texts are', async (t) => {
  const texts = (changes: Partial<TimelineEvent>, changed: Partial<CadoMappingOptions> = {}) => {
    const { msg, short, CadoResponseMessage } = values(changes, changed)
    return [short, msg, CadoResponseMessage]
  }
  const classic = { profile: 'cado-classic' } as const
  t.strictSame(texts({ short: 'a', message: 'a b' }), ['a', 'a b', undefined])
  t.strictSame(texts({ short: 'a', message: 'a' }), ['a', 'a', undefined])
  t.strictSame(texts({ short: 'a' }), ['a', 'a', undefined])
  t.strictSame(texts({ message: 'a b' }), [undefined, 'a b', undefined])
  t.strictSame(texts({ short: 'a', message: 'a b' }, classic), ['a', undefined, 'a b'])
  t.strictSame(texts({ short: 'a', message: 'a' }, classic), ['a', undefined, undefined])
  const alarms = [{ description: 'bad', severity: 3, helpText: '' }]
  t.strictSame(texts({ short: 'a', message: 'a b', alarms }), ['a', 'bad', 'a b'])
})

t.test('times', async (t) => {
  const times = (seconds: number, nanos: number) => {
    const { eventTime, rt, CadoResponseDateTime } = values({ instant: { seconds, nanos } })
    return [eventTime, rt, CadoResponseDateTime]
  }
  t.strictSame(times(890_430_600, 0), ['890430600', '890430600000', undefined])
  t.strictSame(times(1, 5_000_000), ['1', '1005', undefined])
  t.strictSame(times(1_386_052_001, 807_907_700), [
    '1386052001',
    '1386052001807',
    '2013-12-03T06:26:41.8079077Z',
  ])
  t.strictSame(times(-1, 500_000_000), ['-1', '-500', undefined])
  t.equal(map({ instant: { seconds: -1, nanos: 1 } }).time, -1000)
})

t.test('folder and name of a path', async (t) => {
  for (const [path, parent, stripped] of [
    ['/Users/nromanoff/NTUSER.DAT', '/Users/nromanoff', 'Users nromanoff NTUSER.DAT'],
    ['/NTUSER.DAT', '/', 'NTUSER.DAT'],
    ['C:\\a', 'C:\\', 'C: a'],
    ['C:\\Windows\\System32\\cmd.exe', 'C:\\Windows\\System32', 'C: Windows System32 cmd.exe'],
    ['/var/log/', '/var', 'var log'],
    ['name', undefined, 'name'],
    ['/', undefined, undefined],
  ] as const) {
    const read = values({ path })
    t.strictSame(
      [read['filePath'], read['parent'], read['filename_stripped']],
      [path, parent, stripped],
    )
  }
  t.match(line({ path: 'C:\\a b\\c=d' }), ' filePath=C:\\\\a b\\\\c\\=d ')
  const given = values({ path: '/a/b', other: [['parent', '/x']] })
  t.equal(given['parent'], '/x')
})

t.test('columns by any spelling of Cado’s names, and never as the event’s own time', async (t) => {
  const read = values({
    instant: { seconds: 1, nanos: 0 },
    other: [
      ['Source Port', '443'],
      ['Domain', 'SHIELDBASE'],
      ['First Day', 'false'],
      ['date_time', '1999-01-01T00:00:00Z'],
    ],
  })
  t.match(read, { source_port: '443', domain: 'SHIELDBASE', first_day: 'False' })
  t.equal(read['CadoResponseDateTime'], undefined)
  t.equal(read['CadoResponseDateTime2'], '1999-01-01T00:00:00Z')
})

t.test('any event: nothing is lost, nothing forged', async () => {
  fc.assert(
    fc.property(aTimelineEvent, fc.constantFrom('cado', 'cado-classic'), (event, profile) => {
      const mapped = mapTimelineEvent(event, { ...options, profile })
      const read = decode(encode(mapped))
      const sent = mapped.extension
        .map(([key, value]) => [key, cleanValue(String(value))])
        .filter(([, value]) => value !== '')
      assert.equal(new Set(read?.extension.map(([key]) => key)).size, read?.extension.length)
      assert.deepEqual(
        read?.extension.map(([, value]) => value).sort(),
        sent.map(([, value]) => value).sort(),
      )
      const first = new Map([...sent].reverse() as [string, string][])
      for (const [key, value] of read?.extension ?? []) {
        if (Object.hasOwn(cadoKeys, key)) assert.equal(value, first.get(key))
      }
      for (const [name, value] of event.other) {
        assert.ok(sent.some(([, one]) => one === cleanValue(value)) || !cleanValue(value), name)
      }
    }),
    { numRuns: 500 },
  )
})

t.test('lognormalizer reads it back', needs('lognormalizer'), async (t) => {
  const rulebase = join(t.testdir(), 'cef.rulebase')
  writeFileSync(rulebase, 'version=2\nrule=:%f:cef%\n')
  const lines = fc
    .sample(aTimelineEvent, 300)
    .map((event) => encode(mapTimelineEvent(event, options)))
  const read = execFileSync(findProgram('lognormalizer') ?? '', ['-r', rulebase, '-e', 'json'], {
    input: `${lines.join('\n')}\n`,
  })
    .toString()
    .trim()
    .split('\n')
    .map((one) => JSON.parse(one) as { f?: { Extensions: Record<string, string> } })
  t.equal(read.length, lines.length)
  for (const [index, line] of lines.entries()) {
    assert.deepEqual(
      Object.entries(read[index]?.f?.Extensions ?? {}),
      decode(line)?.extension,
      line,
    )
  }
})
