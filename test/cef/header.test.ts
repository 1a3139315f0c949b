import t from 'tap'
import { encodeHeader } from '../../src/cef/header.ts'
import { anEvent } from '../helpers/cef-events.ts'

const rows: [text: string, field: string][] = [
  ['Active Directory', 'Active Directory'],
  ['  spaced ', 'spaced'],
  ['a|b\\c=d', 'a/b/c:d'],
  ['', '-'],
  [' \t\n', '-'],
  ['two\r\nlines', 'two lines'],
  ['Ünïcode 漢 😀', 'Ünïcode 漢 😀'],
  ['\ud800', '\ufffd'],
]

for (const [text, field] of rows) {
  t.test(`field ${JSON.stringify(text)}`, async (t) => {
    const event = { ...anEvent, vendor: text, product: text, version: text, name: text }
    t.equal(encodeHeader(event), `CEF:0|${field}|${field}|${field}|Added|${field}|5|`)
  })
}

t.test('the event class id has no % and # either', async (t) => {
  t.equal(
    encodeHeader({ ...anEvent, classId: '100%=#1' }),
    'CEF:0|Netwrix|Active Directory|1.0|100-:-1|Added user|5|',
  )
})

for (const [severity, text] of [
  [0, '0'],
  [10, '10'],
  [11, '10'],
  [-1, '0'],
  [6.6, '7'],
  [NaN, 'Unknown'],
] as const) {
  t.test(`severity ${severity}`, async (t) => {
    t.match(encodeHeader({ ...anEvent, severity }), `|Added user|${text}|`)
  })
}
