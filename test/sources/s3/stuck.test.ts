import t from 'tap'
import { Stuck } from '../../../src/sources/s3/stuck.ts'

const tries = (stuck: Stuck, key: string, count: number) =>
  Array.from({ length: count }, () => stuck.failed(key))

t.test('an object is stuck with the fifth failure in a row', async (t) => {
  const stuck = new Stuck()
  t.same(tries(stuck, 'a', 4), [false, false, false, false])
  t.notOk(stuck.failed('b'), 'each by itself')
  t.ok(stuck.failed('a'))
  t.ok(stuck.failed('a'), 'and stays so')
  stuck.worked('a')
  t.notOk(stuck.failed('a'))
})

t.test('of many only the newest are kept', async (t) => {
  const stuck = new Stuck()
  tries(stuck, 'old', 4)
  for (let index = 0; index < 1_000; index += 1) stuck.failed(String(index))
  t.notOk(stuck.failed('old'))
})
