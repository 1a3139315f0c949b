import t from 'tap'
import { alone } from '../../src/page/alone.ts'

t.test('a value with none beside it', async (t) => {
  t.strictSame(alone([1, null, 2, 3, null, 0, null, null, 4]), [0, 5, 8])
  t.strictSame(alone([undefined, 7, undefined]), [1])
  t.strictSame(alone([1, 2]), [])
  t.strictSame(alone([]), [])
})
