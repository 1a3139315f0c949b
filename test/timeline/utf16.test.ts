import { isUtf8 } from 'node:buffer'
import t from 'tap'
import { FromUtf16 } from '../../src/timeline/utf16.ts'

const wide = (text: string, bigEndian: boolean) =>
  bigEndian ? Buffer.from(text, 'utf16le').swap16() : Buffer.from(text, 'utf16le')

function converted(bytes: Buffer, bigEndian: boolean, size: number): Buffer {
  const decoder = new FromUtf16(bigEndian ? 'utf-16be' : 'utf-16le')
  const parts: Buffer[] = []
  for (let at = 0; at < bytes.length; at += size) {
    parts.push(decoder.write(Buffer.from(bytes.subarray(at, at + size))))
  }
  return Buffer.concat([...parts, decoder.end()])
}

t.test('however it is cut', async (t) => {
  const text = 'aé€😀\n😀😀 ímynd \u0000 \ufffd'
  for (const bigEndian of [false, true]) {
    for (const size of [1, 2, 3, 4, 5, 100]) {
      t.equal(converted(wide(text, bigEndian), bigEndian, size).toString(), text)
    }
  }
})

t.test('what is no UTF-16 is no UTF-8 after it', async (t) => {
  for (const bad of ['\ud83d', '\ude00', 'a\ud83da', '\ude00\ud83d', '\ud83d\ud83d\ude00']) {
    for (const bigEndian of [false, true]) {
      for (const size of [1, 2, 3, 100]) {
        const bytes = converted(wide(`one\n${bad}\ntwo`, bigEndian), bigEndian, size)
        t.equal(isUtf8(bytes), false, JSON.stringify(bad))
        const lines = bytes.toString('latin1').split('\n')
        t.strictSame([lines.length, lines[0], lines[2]], [3, 'one', 'two'])
      }
    }
  }
  t.equal(isUtf8(converted(wide('ab', false).subarray(0, 3), false, 100)), false, 'half of a unit')
})
