import t from 'tap'
import { Backoff, pause } from '../../src/pipeline/retry.ts'

t.test('waits double up to a minute, each between half and the whole', async (t) => {
  const backoff = new Backoff()
  for (const whole of [500, 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000]) {
    const wait = backoff.next()
    t.ok(wait >= whole / 2 && wait <= whole, `${wait} of ${whole}`)
  }
  backoff.reset()
  t.ok(backoff.next() <= 500)
})

t.test('a pause ends with the abort, however long it is', async (t) => {
  const ending = new AbortController()
  const waits = [pause(Infinity, ending.signal), pause(1e12, ending.signal)]
  ending.abort()
  await Promise.all(waits)
  await pause(1000, ending.signal)
  await pause(1, new AbortController().signal)
  t.pass()
})
