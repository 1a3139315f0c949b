import t from 'tap'
import { Survey, transcoder } from '../../src/decoders/text.ts'

function read(bytes: Buffer, chunk: number): { encoding: string; valid: boolean; text: string } {
  const chunks: Buffer[] = []
  for (let at = 0; at < bytes.length; at += chunk) chunks.push(bytes.subarray(at, at + chunk))
  const survey = new Survey()
  for (const part of chunks) survey.update(part)
  const encoded = survey.end()
  const decoder = transcoder(encoded)
  const out = [...chunks.map((part) => Buffer.from(decoder.write(part))), decoder.end()]
  return {
    encoding: encoded.encoding,
    valid: encoded.valid,
    text: Buffer.concat(out).toString('utf8'),
  }
}

const sample = 'Who\tWhat\r\nmüller\t€ 日本 😀\r\n'
const utf8 = Buffer.from(sample)
const wide = Buffer.from(sample, 'utf16le')
const wideBig = Buffer.from(wide).swap16()
const western = Buffer.from('Who\tWhat\r\nm\xfcller\t\x80 \x93x\x94\r\n', 'latin1')
const mark = (...bytes: number[]): Buffer => Buffer.from(bytes)

const cases: [name: string, bytes: Buffer, encoding: string, text: string][] = [
  ['UTF-8', utf8, 'utf-8', sample],
  ['UTF-8 with mark', Buffer.concat([mark(0xef, 0xbb, 0xbf), utf8]), 'utf-8', sample],
  ['UTF-16LE with mark', Buffer.concat([mark(0xff, 0xfe), wide]), 'utf-16le', sample],
  ['UTF-16BE with mark', Buffer.concat([mark(0xfe, 0xff), wideBig]), 'utf-16be', sample],
  ['UTF-16LE without mark', wide, 'utf-16le', sample],
  ['UTF-16BE without mark', wideBig, 'utf-16be', sample],
  ['windows-1252', western, 'windows-1252', 'Who\tWhat\r\nmüller\t€ “x”\r\n'],
  ['ASCII with a NUL', Buffer.from('Who\na\0b\n'), 'utf-8', 'Who\na\0b\n'],
  ['nothing', Buffer.alloc(0), 'utf-8', ''],
  ['a mark alone', mark(0xef, 0xbb, 0xbf), 'utf-8', ''],
]

for (const [name, bytes, encoding, text] of cases) {
  t.test(name, (t) => {
    for (const chunk of [1, 2, 3, 5, 1000]) {
      t.strictSame(read(bytes, chunk), { encoding, valid: true, text }, `chunks of ${chunk}`)
    }
    t.end()
  })
}

t.test('a bad byte late in the file is found, wherever it is split', (t) => {
  const bytes = Buffer.concat([utf8, Buffer.from('m\xfcller', 'latin1')])
  for (const chunk of [1, 7, 1000]) t.equal(read(bytes, chunk).encoding, 'windows-1252')
  const cut = utf8.subarray(0, utf8.lastIndexOf(0xf0) + 2)
  t.equal(read(cut, 4).encoding, 'windows-1252', 'a character that is cut at the end')
  t.end()
})

t.test('a file whose mark says UTF-8 and is not', (t) => {
  const bytes = Buffer.concat([mark(0xef, 0xbb, 0xbf), Buffer.from('m\xfcller', 'latin1')])
  t.match(read(bytes, 3), { encoding: 'utf-8', valid: false, text: 'm\ufffdller' })
  t.end()
})
