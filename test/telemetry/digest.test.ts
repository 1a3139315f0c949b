import t from 'tap'
import { Digest } from '../../src/telemetry/digest.ts'

t.test('the first is said at once, what follows in sum', async (t) => {
  const said: string[][] = []
  const digest = new Digest<string>((items) => said.push(items))
  digest.add()
  digest.add('a')
  digest.add('b', 'c')
  digest.add('d')
  t.strictSame(said, [['a']])
  digest.flush()
  t.strictSame(said, [['a'], ['b', 'c', 'd']])
  digest.flush()
  digest.add('e')
  t.strictSame(said.at(-1), ['e'])
  digest.flush()
})
