import { getEventListeners } from 'node:events'
import t from 'tap'
import { Bell } from '../../src/spool/bell.ts'

t.test('nothing is left behind, however a wait ends', async (t) => {
  const bell = new Bell()
  const stop = new AbortController()
  const rung = bell.wait(stop.signal)
  t.equal(bell.waiting, 1)
  bell.ring()
  await rung
  await bell.wait(stop.signal, 1)
  t.equal(bell.waiting, 0)
  t.equal(getEventListeners(stop.signal, 'abort').length, 0)
  const reason = new Error('stopped')
  const aborted = bell.wait(stop.signal, 1e6)
  stop.abort(reason)
  await t.rejects(aborted, reason)
  await t.rejects(bell.wait(stop.signal), reason)
  t.equal(bell.waiting, 0)
  t.equal(getEventListeners(stop.signal, 'abort').length, 0)
})
