import t from 'tap'
import { isMarkText, readMarkFile } from '../../src/netwrix/mark-file.ts'
import { markAt } from '../helpers/activity-records.ts'

const mark = markAt(7)
const utf16 = (text: string) => Buffer.from(text, 'utf16le')
const swapped = (text: string) => utf16(text).swap16()

const good: [name: string, bytes: Buffer][] = [
  ['as it is', Buffer.from(mark)],
  ['UTF-8 with its mark', Buffer.from(`\ufeff${mark}`)],
  ['UTF-16LE with its mark', utf16(`\ufeff${mark}\r\n`)],
  ['UTF-16BE with its mark', swapped(`\ufeff${mark}\r\n`)],
  ['UTF-16LE without', utf16(mark)],
  ['UTF-16BE without', swapped(mark)],
  ['line ends', Buffer.from(`\r\n${mark}\r\n\r\n`)],
  ['broken into lines', Buffer.from(mark.replace(/.{40}/g, '$&\r\n'))],
  ['quotes', Buffer.from(`"${mark}"\n`)],
  ['single quotes', Buffer.from(`'${mark}'`)],
  ['a zero behind it', Buffer.from(`${mark}\0`)],
  ['UTF-16 with a zero behind it', utf16(`${mark}\0\0`)],
]

for (const [name, bytes] of good) {
  t.test(name, async (t) => {
    t.same(readMarkFile(bytes, 'Cookie.bin'), { mark, databases: 3 })
  })
}

const encoded = (text: string) => Buffer.from(Buffer.from(text).toString('base64'))

const bad: [name: string, bytes: Buffer, message: RegExp][] = [
  ['nothing', Buffer.alloc(0), /^Cookie\.bin holds nothing; name the add-on’s file.*Cookie\.bin/],
  ['a byte order mark', Buffer.from('\ufeff'), /holds nothing/],
  [
    'a script',
    Buffer.from('param($x)\n# no mark'),
    /holds no mark: its \d+ characters are not base64/,
  ],
  ['bytes', Buffer.from([1, 2, 3, 250, 251]), /are not base64/],
  ['cut base64', Buffer.from(mark.slice(0, 41)), /are not base64/],
  ['a mark that ends too early', Buffer.from(mark.slice(0, 40)), /holds base64, but not that of/],
  ['a word', Buffer.from('password'), /holds base64, but not that of a mark/],
  ['other XML', encoded('<x/>\0'), /not that of a mark/],
  ['HTML', encoded('<nrx></nrx>'), /not that of a mark/],
]

for (const [name, bytes, message] of bad) {
  t.test(`refused: ${name}`, async (t) => {
    t.throws(() => readMarkFile(bytes, 'Cookie.bin'), { code: 'bad-request', message })
  })
}

t.test('a mark without positions, and the beginning of the documentation’s sample', async (t) => {
  t.match(readMarkFile(encoded('<nr/>\0'), 'c'), { databases: 0 })
  t.match(readMarkFile(encoded('<nr>\n</nr>\0'), 'c'), { databases: 0 })
  t.ok(isMarkText('PG5yPjxuIG49IntFNzAA'))
  for (const text of ['', 'a', 'abc=d', 'ab c', '====']) t.notOk(isMarkText(text), text)
})
