/**
 * The last lines of the log, as JSON whatever its form.
 */
import { PassThrough } from 'node:stream'
import t from 'tap'
import { LogTail } from '../../src/telemetry/log-tail.ts'
import { createLog, lastLines } from '../../src/telemetry/log.ts'

t.test('no more than 1,000 lines are kept, the oldest first', async (t) => {
  const tail = new LogTail()
  t.strictSame(tail.lines, [])
  for (let number = 1; number <= 3; number += 1) tail.add(`${number}\n`)
  t.strictSame(tail.lines, ['1', '2', '3'])
  for (let number = 4; number <= 2500; number += 1) tail.add(`${number}\n`)
  const { lines } = tail
  t.equal(lines.length, 1000)
  t.equal(lines[0], '1501')
  t.equal(lines.at(-1), '2500')
})

t.test('a log keeps them, and those of its children; also where people read it', async (t) => {
  const log = createLog({ level: 'info', format: 'pretty' }, new PassThrough())
  log.info('one')
  log.child({ component: 'siem' }).warn('two')
  log.debug('not logged')
  const lines = lastLines(log).map((line) => JSON.parse(line) as Record<string, unknown>)
  t.match(lines, [{ msg: 'one' }, { component: 'siem', msg: 'two' }])
  t.equal(lines.length, 2)
})
