/**
 * Progress: on a terminal one line that is gone at the end, elsewhere a line now and then.
 */
import t from 'tap'
import { Progress } from '../../src/commands/progress.ts'

/** Calls it a hundred times a second. */
function written(isTTY: boolean, total: number | undefined, seconds: number): string[] {
  const texts: string[] = []
  let now = 0
  const output = { isTTY, columns: 100, write: (text: string) => texts.push(text) }
  const progress = new Progress(output, total, () => now)
  for (; now < seconds * 1000; now += 10) progress.update(now * 10, now)
  progress.end()
  progress.end()
  return texts
}

t.test('on a terminal ten times a second at most, and gone at the end', async (t) => {
  const texts = written(true, 4000, 2)
  t.ok(texts.length <= 20, String(texts.length))
  t.match(texts[0], /^\r\u001b\[K█.*3,000 rows, 10,000\/s, 7 %, 3s left$/)
  t.equal(texts.at(-1), '\r\u001b[K')
  t.equal(texts.filter((text) => text === '\r\u001b[K').length, 1)
  t.notOk(texts.some((text) => text.includes('\n')))
})

t.test('of a pipe neither share nor time left is known', async (t) => {
  const texts = written(true, undefined, 1)
  t.match(texts[0], /^\r\u001b\[K3,000 rows, 10,000\/s$/)
})

t.test('elsewhere a line every ten seconds', async (t) => {
  t.strictSame(written(false, 100_000, 25), [
    '100,000 rows, 10,000/s, 10 %, 1m 30s left\n',
    '200,000 rows, 10,000/s, 20 %, 1m 20s left\n',
  ])
})

t.test('what is done at once shows none', async (t) => {
  t.strictSame(written(true, 100, 0.2), [])
})
