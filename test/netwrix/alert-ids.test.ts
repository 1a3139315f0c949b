import t from 'tap'
import { AlertIds, unrefused } from '../../src/netwrix/alert-ids.ts'

t.test('a digest and a number', async (t) => {
  const ids = new AlertIds(Buffer.alloc(32, 0xab))
  t.equal(ids.of(2).toString('hex'), `${'ab'.repeat(12)}00000002`)
  t.equal(ids.textOf(2), `${'ab'.repeat(12)}00000002`)
  const refused = ids.ofRefused(2)
  t.equal(refused.toString('hex'), `${'ab'.repeat(12)}80000002`)
  t.strictSame(unrefused(refused), ids.of(2), 'and back')
  t.equal(refused.toString('hex'), `${'ab'.repeat(12)}80000002`, 'which changes nothing')
})
