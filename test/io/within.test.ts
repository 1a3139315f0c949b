import t from 'tap'
import { within } from '../../src/io/within.ts'

t.test('what comes in time, and what does not', async (t) => {
  t.equal(await within(Promise.resolve(1), 1000), 1)
  const late = new Promise<number>((resolve) => setTimeout(resolve, 50, 2))
  t.equal(await within(late, 1), undefined)
  t.equal(await within(late, 1000), 2, 'it can be asked for again')
  const failing = new Promise<number>((_, reject) => setTimeout(reject, 5, new Error('no')))
  await t.rejects(within(failing, 1000), { message: 'no' })
})
