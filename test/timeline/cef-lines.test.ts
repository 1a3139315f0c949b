import t from 'tap'
import { cefLinesDecoder, cefOf } from '../../src/timeline/cef-lines.ts'
import { itemsOf } from '../helpers/timeline-decoding.ts'

const cef = String.raw`CEF:0|CadoSecurity|CadoResponse|1.0.2|0|a \| b|10|short=CEF:0|x| msg=a\=b`

t.test('with a syslog header or without', async (t) => {
  const headers = [
    '',
    '<134>Jan 18 11:07:53 host ',
    'Jan  8 11:07:53 host ',
    '<134>1 2024-01-18T11:07:53.000Z host app - - - ',
    '<134>1 2024-01-18T11:07:53.000Z host app - - [a b="c"] \ufeff',
    '2024-01-18T11:07:53+01:00 host ',
    '<14>Jan 18 11:07:53 host cado[1]: ',
    '<14>',
    '312 <134>1 2024-01-18T11:07:53.000Z host app - - - ',
    '99 ',
  ]
  for (const header of headers) t.equal(cefOf(header + cef), cef, header)
  for (const line of [
    `some text ${cef}`,
    `xCEF:0|a|b|c|d|e|f|`,
    'CEF:0|a|b|c|d|e|f',
    'CEF:x|',
    '',
  ]) {
    t.equal(cefOf(line), undefined, line)
  }
})

t.test('lines are passed on, the others are refused', async (t) => {
  const text = `${cef}\r\n\n<134>Jan 18 11:07:53 host ${cef}\nnone\n${cef}\0\n${cef}`
  for (const size of [1, 7, Infinity]) {
    const items = itemsOf(cefLinesDecoder, text, { size })
    t.match(items, [
      { kind: 'cef', row: 1, line: cef },
      { kind: 'ignored', row: 2 },
      { kind: 'cef', row: 3, line: cef },
      { kind: 'refused', row: 4, code: 'row', reason: /seven fields/, text: 'none' },
      { kind: 'refused', row: 5, code: 'row', reason: /NUL/ },
      { kind: 'cef', row: 6, line: cef },
    ])
    t.equal(items.length, 6)
  }
  const bad = Buffer.concat([Buffer.from(`${cef}`), Buffer.from([0xff])])
  t.match(itemsOf(cefLinesDecoder, bad), [{ kind: 'refused', code: 'encoding' }])
  t.match(itemsOf(cefLinesDecoder, cef, { rowLimit: 20 }), [{ code: 'too-large' }])
})
