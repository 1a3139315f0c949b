import t from 'tap'
import { SpoolWatch } from '../../src/app/spool-watch.ts'
import { OwnEvents } from '../../src/telemetry/own-events.ts'
import { Telling } from '../../src/telemetry/telling.ts'

t.test('nearly full at 80 %, again only after it was below 70 %', async (t) => {
  let now = 0
  let usage = { bytes: 0, maxBytes: 1000, full: false }
  const own = new OwnEvents()
  const watch = new SpoolWatch({ usage: () => usage }, new Telling(own, () => now))
  const kinds = (bytes: number, full = false) => {
    now += 100_000
    usage = { ...usage, bytes, full }
    watch.look()
    return own.rest().map(({ kind }) => kind)
  }
  t.same(kinds(799), [])
  t.same(kinds(800), ['spool-nearly-full'])
  t.equal(kinds(900).length, 1)
  t.equal(kinds(700).length, 1)
  t.equal(kinds(850).length, 1, 'it was not below 70 %')
  t.equal(kinds(699).length, 1)
  t.same(kinds(900), ['spool-nearly-full', 'spool-nearly-full'])
  t.same(kinds(1000, true).slice(2), ['spool-full'])
  t.equal(kinds(1000, true).length, 3, 'said once')
  t.same(kinds(950).slice(3), ['spool-room'])
  t.same(kinds(100, true).slice(4), ['spool-full'], 'its volume')
  const [, , full, room, volume] = own.rest()
  t.match(full, { component: 'spool', code: 'spool-full', message: /^it holds 1000 of 1000 bytes/ })
  t.match(room, { component: 'spool', message: 'it holds 950 of 1000 bytes (95 %)' })
  t.match(volume, { message: /its volume has less than spool\.reserve left/ })
})
