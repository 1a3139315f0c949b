import t from 'tap'
import { Changes } from '../../../src/destinations/syslog/changes.ts'

const never = new AbortController().signal

t.test('who waits is asked at each change, after what is done first', async (t) => {
  const order: string[] = []
  let state = 0
  const changes = new Changes(() => order.push('advance'))
  t.equal(await changes.until(() => 'there', never), 'there')
  const waiting = changes.until(
    () => (state === 2 ? (order.push('asked'), state) : undefined),
    never,
  )
  for (state of [1, 2]) changes.changed()
  t.equal(await waiting, 2)
  t.same(order, ['advance', 'advance', 'asked'])
  changes.end()
})

t.test('a time that is asked for comes', async (t) => {
  const changes = new Changes(() => {})
  const [later, soon] = [performance.now() + 60, performance.now() + 20]
  t.equal(changes.isTime(performance.now() - 1), true)
  t.equal(changes.isTime(-Infinity), true)
  t.equal(changes.isTime(Infinity), false)
  await changes.until(() => (changes.isTime(later) && changes.isTime(soon)) || undefined, never)
  t.ok(performance.now() >= later)
  changes.end()
})

t.test('an abort, and the end', async (t) => {
  const changes = new Changes(() => {})
  const abort = new AbortController()
  const waiting = changes.until(() => undefined, abort.signal)
  abort.abort(new Error('over'))
  await t.rejects(waiting, { message: 'over' })
  changes.isTime(performance.now() + 10_000)
  changes.end()
  changes.changed()
  t.equal(changes.isTime(performance.now() + 10_000), false)
})
