import { getEventListeners } from 'node:events'
import t from 'tap'
import { untilAborted } from '../../src/io/until-aborted.ts'

const never = new Promise<never>(() => {})

t.test('what the work comes to, with nothing left behind', async (t) => {
  const { signal } = new AbortController()
  t.equal(await untilAborted(Promise.resolve(1), signal), 1)
  await t.rejects(untilAborted(Promise.reject(new Error('work')), signal), { message: 'work' })
  t.same(getEventListeners(signal, 'abort'), [])
})

t.test('or the reason of the abort', async (t) => {
  const ending = new AbortController()
  const waiting = untilAborted(never, ending.signal)
  ending.abort(new Error('stopping'))
  await t.rejects(waiting, { message: 'stopping' })
  await t.rejects(untilAborted(never, ending.signal), { message: 'stopping' })
  const late = untilAborted(Promise.reject(new Error('late')), ending.signal)
  await t.rejects(late, { message: 'stopping' }, 'what fails afterwards disturbs nobody')
})
