import t from 'tap'
import { printable, printableJson, shorten } from '../../src/io/printable.ts'

t.test('nothing that moves a cursor or forges a line gets through', async (t) => {
  t.equal(printable('plain ünïcode 漢 😀'), 'plain ünïcode 漢 😀')
  t.equal(printable('a\x1b[31mb\r\nc\x9b2J\x00'), 'a\\x1b[31mb\\x0d\\x0ac\\x9b2J\\x00')
  t.equal(printable('a\u202eb\u2028c'), 'a\\u202eb\\u2028c')
})

t.test('nor as JSON, which is read back as it was', async (t) => {
  const value = { text: 'ü\u001b[31m\u009b31m\u202e\u007f\n\u2028' }
  const json = printableJson(value)
  t.equal(json, '{"text":"ü\\u001b[31m\\u009b31m\\u202e\\u007f\\n\\u2028"}')
  t.strictSame(JSON.parse(json), value)
})

t.test('shorten cuts at a code point', async (t) => {
  t.equal(shorten('short', 10), 'short')
  t.equal(shorten('0123456789', 4), '0123…')
  t.equal(shorten('012😀45', 4), '012…')
  t.equal(shorten('012😀45', 5), '012😀…')
})
