import t from 'tap'
import { Beginning } from '../../src/timeline/beginning.ts'

t.test('what counts is found behind blanks and comments, however it comes', async (t) => {
  const before = '\r\n \n# one, two\n#\n\t'
  const text = `${before}date,time\n#row`
  for (const size of [1, 2, 3, 7, 100]) {
    const beginning = new Beginning()
    for (let at = 0; at < text.length; at += size) {
      t.equal(beginning.hasContent, at > before.length, String(at))
      beginning.append(Buffer.from(text.slice(at, at + size)))
    }
    t.equal(beginning.hasContent, true)
    t.equal(beginning.all.toString(), text)
    t.equal(beginning.content.toString(), 'date,time\n#row')
  }
})

t.test('blanks alone, and comments alone', async (t) => {
  const beginning = new Beginning()
  for (const [chunk, isBlank] of [
    ['', true],
    [' \n\n', true],
    ['# a comment', false],
    [' that goes on\n', false],
  ] as const) {
    beginning.append(Buffer.from(chunk))
    t.strictSame([beginning.isBlank, beginning.hasContent], [isBlank, false], chunk)
  }
  t.equal(beginning.content.length, 0)
  beginning.clear()
  t.strictSame([beginning.isBlank, beginning.all.length], [true, 0])
})
