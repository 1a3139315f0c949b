import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { decode } from '../../src/cef/decode.ts'
import { encode } from '../../src/cef/encode.ts'
import { cadoJson } from '../../src/mappings/cado-json.ts'
import { mapTimelineEvent } from '../../src/mappings/cado.ts'
import type { TimelineEvent } from '../../src/timeline/event.ts'
import { cadoJsonDecoder } from '../../src/timeline/cado-json.ts'
import { rowLimit } from '../../src/timeline/decoder.ts'
import { emptyEvent } from '../../src/timeline/event.ts'
import { pythonText } from '../../src/timeline/python-text.ts'
import { anyText, eventOf } from '../helpers/cef-events.ts'
import { aTimelineEvent, anInstant } from '../helpers/timeline-events.ts'

const options = { profile: 'cado', severity: 'alarm', receivedAt: 0, id: 'id' } as const

function json(changes: Partial<TimelineEvent>): string | undefined {
  return cadoJson(encode(mapTimelineEvent({ ...emptyEvent(), ...changes }, options)))
}

t.test('the fields of CEF as JSON has them', async (t) => {
  t.equal(
    json({
      instant: { seconds: 1_610_559_005, nanos: 0 },
      macb: 'M...',
      source: 'REG',
      user: 'nromanoff',
      evidenceId: 2,
      path: '/NTUSER.DAT',
      isFolder: false,
      alarms: [{ description: 'it’s "bad"', severity: 1, helpText: '' }],
      notes: "[{'text': 'look', 'n': 1}]",
      other: [
        ['highlights', "['a', \"b'\"]"],
        ['source_port', '443'],
        ['query_suggestions', "[{'cut': [cut]"],
      ],
    }),
    '{"alarm":true,"alarm_description":"it’s \\"bad\\"","alarm_severity":1,"evidence_id":2,' +
      '"filename_stripped":"NTUSER.DAT","highlights":["a","b\'"],"macb":"M...",' +
      '"notes":[{"text":"look","n":1}],"parent":"/","query_suggestions":"[{\'cut\': [cut]",' +
      '"source":"REG","source_port":"443","eventTime":1610559005,"filePath":"/NTUSER.DAT",' +
      '"eventId":"id","user":"nromanoff","isFolder":false,"msg":"it’s \\"bad\\""}',
  )
})

t.test('what is more than seconds', async (t) => {
  const time = (nanos: number) =>
    (JSON.parse(json({ instant: { seconds: 1, nanos } }) ?? '') as { datetime?: string }).datetime
  t.equal(time(0), undefined)
  t.equal(time(5_000_000), '1970-01-01T00:00:01.005Z')
  t.equal(time(123_456_700), '1970-01-01T00:00:01.1234567Z')
})

t.test('a time of a line without eventTime', async (t) => {
  const line = 'CEF:0|CadoSecurity|CadoResponse|1.0.2|0|n|1|'
  t.equal(cadoJson(`${line} rt=1595194940000`), '{"rt":"1595194940000"}')
  t.equal(
    cadoJson(`${line} rt=Jul 19 2020 21:42:20 GMT CadoResponseDateTime=now`),
    '{"rt":"Jul 19 2020 21:42:20 GMT","CadoResponseDateTime":"now"}',
  )
})

t.test('another time of a row is not the event’s', async (t) => {
  const other: [string, string][] = [['date_time', '1999-01-01T00:00:00Z']]
  const text = json({ instant: { seconds: 1_595_194_940, nanos: 0 }, other }) ?? ''
  t.match(JSON.parse(text), { datetime: undefined, CadoResponseDateTime2: other[0]?.[1] })
})

t.test('names by the thousand', async (t) => {
  const text = cadoJson(`CEF:0|a|b|c|d|e|1|${' a=1'.repeat(200_000)}`) ?? ''
  t.equal((JSON.parse(text) as { extension: { a: string[] } }).extension.a.length, 200_000)
})

t.test('what is not of its type stays text', async (t) => {
  const line = 'CEF:0|CadoSecurity|CadoResponse|1.0.2|0|n|1|'
  t.strictSame(
    JSON.parse(
      cadoJson(
        `${line} alarm=yes evidence_id=9999999999999999 eventTime=now notes=[1.0, 2] rt=never`,
      ) ?? '',
    ),
    {
      alarm: 'yes',
      evidence_id: '9999999999999999',
      eventTime: 'now',
      notes: '[1.0, 2]',
    },
  )
})

t.test('a line of another product’s, and what is none', async (t) => {
  t.equal(
    cadoJson('CEF:0|Netwrix|AD|1.0|Added|Added user|5| suser=a\\=b msg=x\\ny __proto__=1 a=1 a=2'),
    '{"deviceVendor":"Netwrix","deviceProduct":"AD","deviceVersion":"1.0",' +
      '"deviceEventClassId":"Added","name":"Added user","severity":"5",' +
      '"extension":{"suser":"a=b","msg":"x\\ny","__proto__":"1","a":["1","2"]}}',
  )
  t.equal(cadoJson('no CEF'), undefined)
})

t.test('any line becomes one line of JSON with all that it has', async () => {
  fc.assert(
    fc.property(fc.oneof(eventOf(anyText), timelineLine()), (event) => {
      const line = encode(event)
      const made = cadoJson(line) ?? ''
      assert.doesNotMatch(made, /[\n\r]/)
      const read = JSON.parse(made) as Record<string, unknown>
      if (event.vendor !== 'CadoSecurity') {
        assert.deepEqual(read['extension'], Object.fromEntries(decode(line)?.extension ?? []))
        return
      }
      for (const [key, value] of decode(line)?.extension ?? []) {
        if (key === 'rt') continue
        const name = key === 'suser' ? 'user' : key === 'CadoResponseDateTime' ? 'datetime' : key
        if (typeof read[name] === 'string') assert.equal(read[name], value)
        else assert.ok(read[name] !== undefined, name)
      }
    }),
    { numRuns: 500 },
  )
})

function timelineLine() {
  return aTimelineEvent.map((event) => mapTimelineEvent(event, options))
}

t.test('Cado’s JSON is read back as the same event', async () => {
  const plain = fc.stringMatching(/^[A-Za-z0-9éß漢 _.:=|"'\\]{0,30}$/).map((text) => text.trim())
  const words = fc.stringMatching(/^[a-z]{1,8}$/)
  const event: fc.Arbitrary<TimelineEvent> = fc.record({
    instant: anInstant.filter(({ seconds }) => seconds > 0 && seconds < 1e11),
    source: words,
    sourcetype: plain,
    type: words,
    macb: fc.constant('M...'),
    user: plain,
    host: plain,
    short: plain,
    message: plain,
    path: plain.map((text) => `/${text}`),
    inode: plain,
    notes: fc.oneof(words, fc.array(fc.dictionary(words, plain), { minLength: 1 }).map(pythonText)),
    format: plain,
    extra: plain,
    tag: words,
    sha256: words,
    evidenceId: fc.option(fc.nat(), { nil: undefined }),
    evidenceName: plain,
    eventId: words,
    isFolder: fc.option(fc.boolean(), { nil: undefined }),
    alarms: fc.uniqueArray(
      fc.record({ description: words, severity: fc.constantFrom(1, 3, 10), helpText: plain }),
      { maxLength: 3, selector: ({ description }) => description },
    ),
    other: fc.uniqueArray(
      fc.tuple(fc.constantFrom('domain', 'source_port', 'file_size', 'uid'), words),
      { selector: ([name]) => name },
    ),
  })
  fc.assert(
    fc.property(event, fc.constantFrom('cado', 'cado-classic'), (one, profile) => {
      const line = encode(mapTimelineEvent(one, { ...options, profile }))
      const decoder = cadoJsonDecoder({ timezone: 'UTC', rowLimit })
      const items = [...decoder.write(Buffer.from(`${cadoJson(line) ?? ''}\n`)), ...decoder.end()]
      const [item] = items
      assert.ok(item?.kind === 'event' && items.length === 1, JSON.stringify(item))
      const again = encode(mapTimelineEvent(item.event, { ...options, profile }))
      assert.equal(again, line)
    }),
  )
})
