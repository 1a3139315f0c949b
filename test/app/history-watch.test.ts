import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { HistoryWatch } from '../../src/app/history-watch.ts'
import { recordedEvents } from '../helpers/pipeline.ts'

t.test('kept in a file; one that is damaged is begun anew, and said at debug', async (t) => {
  const { events, log } = recordedEvents()
  const folder = t.testdir()
  const clock = { now: Date.UTC(2026, 10, 22, 12) }
  const made = () => {
    const spool = { waiting: () => ({ lines: 3, oldest: undefined }) }
    return new HistoryWatch({ events, spool, folder, now: () => clock.now })
  }
  const siem = events.destination('siem')
  siem.receipt([{ at: Date.now() }])
  siem.received(50)
  const first = made()
  await first.start()
  clock.now += 5000
  first.sample()
  await first.stop()
  const second = made()
  await second.start()
  const seen = second.read('hour').destinations['siem']
  t.equal(seen?.received.at(-1), 10)
  t.equal(seen?.waiting.at(-1), 3)
  t.equal(typeof seen?.latency.at(-1), 'number')
  await second.stop()
  const file = join(folder, 'history.json')
  t.equal(JSON.parse(readFileSync(file, 'utf8')).version, 1)
  writeFileSync(file, '{"version":1,')
  const third = made()
  await third.start()
  t.strictSame(third.read('hour').destinations, {})
  await third.stop()
  t.match(log().at(-1), { level: 20, msg: /the plots begin anew/ })
  truncateSync(file, 40_000_000)
  const fourth = made()
  await fourth.start()
  t.match(log().at(-1), { level: 40, msg: /has 40000000 bytes.*the plots begin anew/ })
  await fourth.stop()
  t.equal(JSON.parse(readFileSync(file, 'utf8')).version, 1, 'and it is ours again')
})
