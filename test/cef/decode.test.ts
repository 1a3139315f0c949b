import fc from 'fast-check'
import t from 'tap'
import { decode } from '../../src/cef/decode.ts'
import { encode } from '../../src/cef/encode.ts'
import { joinLine, splitLine } from '../../src/cef/split.ts'
import { anyText, eventOf } from '../helpers/cef-events.ts'

t.test('header and extension', async (t) => {
  t.strictSame(decode('CEF:0|V|P|1.0|c|n|5| suser=DOM\\\\user msg=a\\=b c\\nd  e cs1=x'), {
    vendor: 'V',
    product: 'P',
    version: '1.0',
    classId: 'c',
    name: 'n',
    severity: '5',
    extension: [
      ['suser', 'DOM\\user'],
      ['msg', 'a=b c\nd  e'],
      ['cs1', 'x'],
    ],
  })
})

const extensions: [text: string, pairs: [string, string][]][] = [
  ['', []],
  ['a=1', [['a', '1']]],
  [
    ' a= b=',
    [
      ['a', ''],
      ['b', ''],
    ],
  ],
  [' msg=x=y z', [['msg', 'x=y z']]],
  [' msg=cut\\', [['msg', 'cut\\']]],
]

for (const [text, pairs] of extensions) {
  t.test(`lines of others: ${JSON.stringify(text)}`, async (t) => {
    t.strictSame(decode(`CEF:0|V|P|1|c|n|5|${text}`)?.extension, pairs)
  })
}

t.test('escapes in the header of others', async (t) => {
  t.match(decode('CEF:0|a\\|b|P|1|c\\\\|n|High|'), {
    vendor: 'a|b',
    classId: 'c\\',
    severity: 'High',
  })
})

for (const line of ['', 'CEF:0|', 'CEF:0|V|P|1|c|n|5', 'hello', '<134>CEF:0|V|P|1|c|n|5|']) {
  t.test(`no CEF: ${JSON.stringify(line)}`, async (t) => {
    t.equal(decode(line), undefined)
  })
}

t.test('splitting and joining gives the line', async () => {
  fc.assert(
    fc.property(eventOf(anyText), (event) => {
      const line = encode(event)
      const parts = splitLine(line)
      return parts !== undefined && joinLine(parts) === line
    }),
  )
})
