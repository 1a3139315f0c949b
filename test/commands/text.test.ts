import { PassThrough } from 'node:stream'
import t from 'tap'
import { age, count, counted, size, table, write } from '../../src/commands/text.ts'

t.test('a table is aligned, and nothing in it is obeyed', async (t) => {
  const rows = [
    ['alerts', '12', 'all \u001b[31mred\u001b[0m\nand two lines'],
    ['a', '1,234', ''],
  ]
  t.strictSame(table(['name', '#lines', 'note'], rows), [
    'name    lines  note',
    'alerts     12  all \\x1b[31mred\\x1b[0m\\x0aand two lines',
    'a       1,234',
  ])
  t.strictSame(table(['a'], []), ['a'])
})

t.test('sizes and spans', async (t) => {
  t.strictSame([0, 999, 1000, 1_234_567, 10e9, 5e15].map(size), [
    '0 B',
    '999 B',
    '1.0 kB',
    '1.2 MB',
    '10.0 GB',
    '5000.0 TB',
  ])
  const now = 1_000_000_000
  const spans: [seconds: number, text: string][] = [
    [-5, '0s'],
    [0, '0s'],
    [59, '59s'],
    [60, '1m'],
    [61, '1m 1s'],
    [3600, '1h'],
    [3661, '1h 1m'],
    [90_000, '1d 1h'],
  ]
  for (const [seconds, text] of spans) t.equal(age(now - seconds * 1000, now), text)
  t.equal(count(1234567), '1,234,567')
  t.strictSame(
    [0, 1, 2].map((value) => counted(value, 'line')),
    ['0 lines', '1 line', '2 lines'],
  )
})

t.test('a slow reader is waited for', async (t) => {
  const output = new PassThrough({ highWaterMark: 4 })
  const written = write(output, 'longer than that')
  let done = false
  void written.then(() => (done = true))
  await new Promise((resolve) => setImmediate(resolve))
  t.notOk(done)
  output.resume()
  await written
})
