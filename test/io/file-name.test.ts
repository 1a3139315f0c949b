import t from 'tap'
import { isPassedOver, printableName, withEnding, withStamp } from '../../src/io/file-name.ts'

t.test('printable', (t) => {
  const cases: [Buffer, string][] = [
    [Buffer.from('alert müller.csv'), 'alert müller.csv'],
    [Buffer.from('a\n\u001b[31m.csv'), 'a\\x0a\\x1b[31m.csv'],
    [Buffer.from([0x61, 0xff, 0xfc, 0x62]), 'a\\xff\\xfcb'],
  ]
  for (const [name, text] of cases) t.equal(printableName(name), text)
  t.end()
})

t.test('passed over', (t) => {
  for (const name of ['.a.csv', 'a.TMP', 'a.part', 'a.partial', 'a.filepart', 'a.crdownload'])
    t.ok(isPassedOver(Buffer.from(name)), name)
  for (const name of ['a.swp', 'a.csv~']) t.ok(isPassedOver(Buffer.from(name)), name)
  for (const name of ['a.csv', 'a', 'tmp', 'a.csv.1'])
    t.notOk(isPassedOver(Buffer.from(name)), name)
  t.end()
})

t.test('new names fit a file system', (t) => {
  t.equal(withStamp(Buffer.from('a.b.csv'), 'S').toString(), 'a.b.S.csv')
  t.equal(withStamp(Buffer.from('a'), 'S').toString(), 'a.S')
  t.equal(withStamp(Buffer.from('.a'), 'S').toString(), '.a.S')
  const long = Buffer.from(`${'x'.repeat(251)}.csv`)
  t.equal(withStamp(long, 'STAMP').length, 255)
  t.ok(withStamp(long, 'STAMP').toString().endsWith('.STAMP.csv'))
  t.equal(withEnding(long, '.reason.txt').length, 255)
  t.end()
})
