import { mock } from 'node:test'
import t from 'tap'
import { OwnEvents } from '../../src/telemetry/own-events.ts'
import { Telling } from '../../src/telemetry/telling.ts'

t.test('the first loss at once, then one of each kind in a minute, with the count', async (t) => {
  let now = 0
  const own = new OwnEvents({ now: () => now })
  const telling = new Telling(own, () => now)
  const lost = (component = 'siem') =>
    telling.state('destination', 'destination-lost', { message: 'lost', component })
  const back = () =>
    telling.state('destination', 'destination-back', { message: 'back', component: 'siem' })
  const told = () =>
    own.rest().map(({ kind, message, component }) => `${component} ${kind}: ${message}`)
  lost()
  now = 1000
  back()
  t.same(told(), ['siem destination-lost: lost', 'siem destination-back: back'])
  for (now of [2000, 3000, 4000]) {
    lost()
    back()
  }
  lost()
  t.equal(told().length, 2, 'held back')
  lost('other')
  t.same(told().slice(2), ['other destination-lost: lost'], 'another one has its own minute')
  now = 61_000
  telling.flush()
  t.same(
    told().slice(3),
    [
      'siem destination-back: back (3 times since this was last said)',
      'siem destination-lost: lost (4 times since this was last said)',
    ],
    'the last one told is how it stands',
  )
  now = 200_000
  back()
  t.same(told().slice(5), ['siem destination-back: back'])
})

t.test('what is held back is told by itself', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const own = new OwnEvents()
  const telling = new Telling(own, () => 0)
  for (const message of ['a', 'b', 'c']) {
    telling.state('failure', 'source-failed', { message, component: 's' })
  }
  mock.timers.tick(59_999)
  t.equal(own.rest().length, 1)
  mock.timers.tick(1)
  t.match(own.rest()[1], { message: 'c (2 times since this was last said)' })
})

t.test('a later reason of what is over is not told, and holds nothing back', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  let now = 0
  const own = new OwnEvents({ now: () => now })
  const telling = new Telling(own, () => now)
  const lost = (message: string, times: number) =>
    telling.state('destination', 'destination-lost', { message, component: 'siem' }, times)
  const told = () => own.rest().map(({ message, at }) => `${at} ${message}`)
  lost('closed', 1)
  now = 900
  lost('refused', 0)
  now = 42_000
  telling.state('destination', 'destination-back', { message: 'back', component: 'siem' })
  t.same(told(), ['0 closed', '42000 back'], 'at once, and nothing after it')
  now = 50_000
  lost('closed again', 1)
  now = 51_000
  telling.state('destination', 'destination-back', { message: 'back again', component: 'siem' })
  now = 102_000
  mock.timers.tick(51_999)
  t.equal(told().length, 2, 'a minute from what was told last')
  mock.timers.tick(1)
  t.same(told().slice(2), ['50000 closed again', '51000 back again'], 'with the times of then')
})
