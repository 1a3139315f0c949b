import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { decode } from '../../src/cef/decode.ts'
import { dictionary } from '../../src/cef/dictionary.ts'
import { encode } from '../../src/cef/encode.ts'
import type { CefEvent } from '../../src/cef/event.ts'
import { cleanValue } from '../../src/cef/value.ts'
import { anEvent, anyText, eventOf } from '../helpers/cef-events.ts'

const header = 'CEF:0|Netwrix|Active Directory|1.0|Added|Added user|5|'

const rows: [name: string, extension: CefEvent['extension'], line: string][] = [
  ['no extension', [], ''],
  ['one space after the seventh pipe', [['act', 'Added']], ' act=Added'],
  [
    'the order given',
    [
      ['suser', 'b'],
      ['act', 'a'],
    ],
    ' suser=b act=a',
  ],
  [
    'empty values left out',
    [
      ['cs1', ''],
      ['act', ' \t'],
      ['msg', 'x'],
      ['src', ''],
    ],
    ' msg=x',
  ],
  [
    'a label without its value',
    [
      ['cs1', ''],
      ['cs1Label', 'RID'],
      ['msg', 'x'],
    ],
    ' msg=x',
  ],
  [
    'a label after its value',
    [
      ['cs1', 'x'],
      ['cs1Label', 'RID'],
    ],
    ' cs1=x cs1Label=RID',
  ],
  [
    'a label before its value',
    [
      ['cs1Label', 'RID'],
      ['cs1', 'x'],
    ],
    ' cs1=x cs1Label=RID',
  ],
  ['a time as text', [['start', 'Mar 28 2017 14:01:48 GMT']], ' start=Mar 28 2017 14:01:48 GMT'],
  ['a time as a number', [['rt', 1_490_709_708_000]], ' rt=1490709708000'],
  ['a number under a text key', [['cs1', 1.5]], ' cs1=1.5'],
  [
    'a wrong type',
    [
      ['src', 'host=x'],
      ['msg', 'm'],
    ],
    ' msg=m CeflineSrc=host\\=x',
  ],
  [
    'a wrong type with its label',
    [
      ['cn1', 'many'],
      ['cn1Label', 'Count'],
    ],
    ' CeflineCn1=many CeflineCn1Label=Count',
  ],
  ['no number', [['cn1', Number.NaN]], ' CeflineCn1=NaN'],
  [
    'a key twice',
    [
      ['act', 'a'],
      ['act', 'b'],
      ['act', 'c'],
    ],
    ' act=a CeflineAct=b CeflineAct2=c',
  ],
  [
    'a key of one’s own twice',
    [
      ['AcmeX', 'a'],
      ['AcmeX', 'b'],
    ],
    ' AcmeX=a CeflineAcmeX=b',
  ],
  [
    'an empty first',
    [
      ['act', ''],
      ['act', 'b'],
    ],
    ' act=b',
  ],
  [
    'a name already taken',
    [
      ['CeflineSrc', 'a'],
      ['src', 'b'],
    ],
    ' CeflineSrc=a CeflineSrc2=b',
  ],
  [
    'a label twice',
    [
      ['cs1', 'x'],
      ['cs1Label', 'a'],
      ['cs1Label', 'b'],
    ],
    ' cs1=x cs1Label=a CeflineCs1Label=b',
  ],
  [
    'a key of the consumer’s',
    [
      ['eventId', 5],
      ['rawEvent', 'x'],
    ],
    ' CeflineEventId=5 CeflineRawEvent=x',
  ],
  [
    'a key that is none',
    [
      ['a b=c', 'x'],
      ['ключ', 'y'],
      ['', 'z'],
    ],
    ' CeflineAbc=x Cefline=y Cefline2=z',
  ],
  [
    'names of Object.prototype',
    [
      ['constructor', 'x'],
      ['toString', 'y'],
    ],
    ' constructor=x toString=y',
  ],
  [
    'a CEF line inside',
    [['msg', 'fwd CEF:0|a|b|c|d|e|1| src=1.2.3.4']],
    ' msg=fwd CEF:0|a|b|c|d|e|1| src\\=1.2.3.4',
  ],
]

for (const [name, extension, line] of rows) {
  t.test(name, async (t) => {
    t.equal(encode({ ...anEvent, extension }), header + line)
    t.equal(encode({ ...anEvent, extension }), header + line, 'and again')
  })
}

t.test('any event reads back as the pairs that went in', async () => {
  fc.assert(
    fc.property(eventOf(anyText), (event) => {
      const line = encode(event)
      const sent = event.extension.map(([key, value]) => [key, cleanValue(String(value))])
      assert.deepEqual(
        decode(line)?.extension,
        sent.filter(([, value]) => value !== ''),
      )
      assert.match(line, /^CEF:0(?:\|[^|\\=]+){6}\|/)
      assert.doesNotMatch(line, /[\x00-\x1f\x7f-\x9f]/)
      assert.equal(Buffer.from(line).toString(), line)
    }),
    { numRuns: 500 },
  )
})

t.test('whatever the keys, no value is lost, no key comes twice, none is forged', async () => {
  const unlabelled = [...dictionary.values()].filter(({ labels }) => labels === undefined)
  const anyKey = fc.oneof(fc.constantFrom(...unlabelled.map(({ key }) => key)), anyText)
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(
          anyKey.filter((key) => !dictionary.get(key)?.labels),
          anyText,
        ),
      ),
      (extension) => {
        const read = decode(encode({ ...anEvent, extension }))?.extension ?? []
        const sent = extension.map(([, value]) => cleanValue(value)).filter((value) => value !== '')
        // A typed value goes without whatever white space is around it.
        const values = (texts: string[]) => texts.map((text) => text.trim()).sort()
        assert.deepEqual(values(read.map(([, value]) => value)), values(sent))
        assert.equal(new Set(read.map(([key]) => key)).size, read.length)
        assert.ok(read.every(([key]) => /^[A-Za-z0-9]+$/.test(key)))
      },
    ),
    { numRuns: 500 },
  )
})

t.test('a vendor’s own keys are written as they are', async (t) => {
  const own = new Set(['type', 'eventId', 'evidence_id'])
  const line = encode({
    ...anEvent,
    own,
    extension: [
      ['evidence_id', 2],
      ['type', 'Creation Time'],
      ['eventId', 'Q5FB'],
      ['evidence_id', 3],
      ['src', 'no address'],
      ['not_own', 'x'],
      ['rt', 5],
    ],
  })
  t.match(
    line,
    / evidence_id=2 type=Creation Time eventId=Q5FB rt=5 CeflineEvidenceid=3 CeflineSrc=no address CeflineNotown=x$/,
  )
  const plain = encode({ ...anEvent, extension: [['type', 'Creation Time']] })
  t.match(plain, / CeflineType=Creation Time$/, 'and not in other events')
})
