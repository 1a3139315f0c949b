/**
 * The Sleuth Kit's own mactime as the oracle: what it makes of a bodyfile, in any zone, are the events
 * that we read from the bodyfile itself. Its lines for a time that is not set are left out: a bodyfile's
 * line gives an event for each time that is.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { bodyfileDecoder } from '../../src/timeline/bodyfile.ts'
import type { TimelineDecoder } from '../../src/timeline/decoder.ts'
import { rowLimit } from '../../src/timeline/decoder.ts'
import { isoOf } from '../../src/timeline/instant.ts'
import { mactimeDecoder } from '../../src/timeline/mactime.ts'
import { needs } from '../helpers/peers.ts'

const body = [
  // Both sides of the hour that Berlin has twice, and of the one that it has not.
  '0|/a b, "c".txt|12|r/rrw-r--r--|0|0|1|1616893199|1616893200|1635642000|1635645600',
  '0|/back\\slash (deleted)|13-128-1|-/rrw-r--r--|0|0|1|1|1341102600|1341102600|0',
  '0|/link -> dir|16|l/lrwxrwxrwx|0|0|3|951782400|951782400|951782400|951782400',
  '0|/é|17|d/drwxr-xr-x|0|0|3|4102444800|1|1|1',
].join('\n')

function summary(decoder: TimelineDecoder, text: string): string[] {
  const items = [...decoder.write(Buffer.from(text)), ...decoder.end()]
  return items
    .map((item) => {
      if (item.kind !== 'event') return `${item.kind} ${item.row}`
      const { instant, macb, path, inode, short } = item.event
      return `${instant ? isoOf(instant) : ''} ${macb} ${path} ${inode} ${short}`
    })
    .filter((line) => !line.startsWith(' '))
    .sort()
}

t.test('as mactime reads it', needs('mactime'), async (t) => {
  const file = join(t.testdir({ body }), 'body')
  const options = { timezone: 'UTC', rowLimit }
  const expected = summary(bodyfileDecoder(options), body)
  const mactime = (...flags: string[]): string => {
    return spawnSync('mactime', ['-b', file, '-d', ...flags], { encoding: 'utf8' }).stdout
  }
  for (const timezone of ['UTC', 'Asia/Kolkata', 'America/Sao_Paulo']) {
    const read = summary(mactimeDecoder({ timezone, rowLimit }), mactime('-z', timezone))
    t.strictSame(read, expected, timezone)
  }
  t.strictSame(summary(mactimeDecoder(options), mactime('-y')), expected)
  const berlin = { timezone: 'Europe/Berlin', rowLimit }
  const once = summary(mactimeDecoder(berlin), mactime('-z', 'Europe/Berlin'))
  // mactime prints no zone: of the hour that comes twice only one reading is right.
  const isTwice = (line: string): boolean => line.startsWith('2021-10-31')
  t.strictSame(
    once.filter((line) => !isTwice(line)),
    expected.filter((line) => !isTwice(line)),
  )
})
