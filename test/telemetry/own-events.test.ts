import t from 'tap'
import { OwnEvents } from '../../src/telemetry/own-events.ts'

const none = new AbortController().signal
const texts = (events: readonly { message: string }[]) => events.map(({ message }) => message)

t.test('what was given is let go when it is asked again, and not before', async (t) => {
  const own = new OwnEvents({ now: () => 7 })
  const first = own.add('start', { message: 'a' })
  t.match(first, { kind: 'start', at: 7, message: 'a', id: /^[0-9a-f]{32}$/ })
  t.not(own.add('test', { message: 'b' }).id, first.id)
  t.same(texts(await own.next(none)), ['a', 'b'])
  own.add('stop', { message: 'c' })
  t.same(texts(own.rest()), ['a', 'b', 'c'], 'rest lets nothing go')
  t.same(texts(own.rest()), ['a', 'b', 'c'])
  const waiting = own.next(none)
  own.add('start', { message: 'd' })
  t.same(texts(await waiting), ['d'], 'it waits until there is something')
  const ending = new AbortController()
  const never = own.next(ending.signal)
  ending.abort(new Error('enough'))
  await t.rejects(never, { message: 'enough' })
  own.add('stop', { message: 'e' })
  await t.rejects(own.next(ending.signal), { message: 'enough' })
  t.same(texts(own.rest()), ['e'])
})

t.test('bounded: heartbeats go first, then the oldest, and the next event says so', async (t) => {
  const gone: string[] = []
  const own = new OwnEvents({ most: 3, leftOut: (kind) => gone.push(kind) })
  own.add('source-failed', { message: 'a' })
  own.add('heartbeat', { message: 'beat' })
  own.add('source-failed', { message: 'b' })
  own.add('source-failed', { message: 'c' })
  own.add('source-failed', { message: 'd' })
  t.same(gone, ['heartbeat', 'source-failed'])
  t.same(texts(own.rest()), [
    "b (before this 2 events of Cefline's own could not be kept)",
    'c',
    'd',
  ])
})

t.test('of those that went all are told, whichever went', async (t) => {
  const own = new OwnEvents({ most: 3 })
  for (let count = 0; count < 100; count += 1) {
    own.add(count % 7 === 0 ? 'heartbeat' : 'source-failed', { message: `${count}` })
  }
  const events = own.rest()
  const said = events.map(({ message }) => Number(/before this (\d+)/.exec(message)?.[1] ?? 0))
  t.equal(
    said.reduce((sum, one) => sum + one, 0),
    97,
  )
})

t.test('what is being written is not left out for what comes', async (t) => {
  const own = new OwnEvents({ most: 3 })
  own.add('heartbeat', { message: 'given' })
  own.add('start', { message: 'given too' })
  await own.next(none)
  for (const message of ['a', 'b', 'c']) own.add('source-failed', { message })
  t.match(texts(own.rest()), ['given', 'given too', 'c (before this 2 events'])
})

t.test('while nobody reads them nothing is kept', async (t) => {
  const own = new OwnEvents()
  own.add('start', { message: 'a' })
  own.isRead = false
  own.add('stop', { message: 'b' })
  t.same(texts(own.rest()), ['a'], 'what there is stays')
})
