import t from 'tap'
import { Untold } from '../../src/cado/untold.ts'

t.test('each is told once, with the next batch that there is', async (t) => {
  const untold = new Untold()
  const notice = (message: string) => ({ level: 'info' as const, code: 'x', message })
  untold.add(notice('a'))
  untold.add(notice('a'))
  untold.add(notice('b'))
  t.same(
    untold.take().map(({ message }) => message),
    ['a', 'b'],
  )
  untold.add(notice('a'))
  t.same(untold.take(), [])
})
