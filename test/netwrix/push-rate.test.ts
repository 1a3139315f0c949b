import t from 'tap'
import { PushRate } from '../../src/netwrix/push-rate.ts'

t.test('so many at once, and then one by one', async (t) => {
  const rate = new PushRate(60)
  for (let count = 0; count < 60; count += 1) t.equal(rate.take('a', 0), 0)
  t.equal(rate.take('a', 0), 1000)
  t.equal(rate.take('b', 0), 0, 'another client has its own')
  t.equal(rate.take('a', 400), 600)
  t.equal(rate.take('a', 1000), 0)
  t.equal(rate.take('a', 1000), 1000)
  for (let count = 0; count < 60; count += 1) t.equal(rate.take('a', 1e9), 0, 'filled, not more')
  t.not(rate.take('a', 1e9), 0)
})

t.test('no limit, and many clients', async (t) => {
  const none = new PushRate(0)
  for (let count = 0; count < 1000; count += 1) none.take('a', 0)
  t.equal(none.take('a', 0), 0)
  const rate = new PushRate(1)
  rate.take('first', 0)
  t.not(rate.take('first', 0), 0)
  for (let count = 0; count < 10_000; count += 1) rate.take(`c${count}`, 0)
  t.equal(rate.take('first', 0), 0, 'forgotten')
})
