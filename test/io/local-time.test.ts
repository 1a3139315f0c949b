import t from 'tap'
import { fromZone } from '../../src/io/local-time.ts'

t.test('local times to UTC', async (t) => {
  const berlin = fromZone('Europe/Berlin')
  const at = (text: string) => Date.parse(`${text}Z`)
  t.equal(berlin(at('2026-01-15T12:00:00')), at('2026-01-15T11:00:00'))
  t.equal(berlin(at('2026-07-15T12:00:00')), at('2026-07-15T10:00:00'))
  t.equal(berlin(at('2026-10-25T02:30:00')), at('2026-10-25T00:30:00'), 'twice: the first')
  t.equal(berlin(at('2026-03-29T02:30:00')), at('2026-03-29T01:30:00'), 'never: later')
  t.equal(fromZone('UTC')(5), 5)
  t.throws(() => fromZone('Mars/Base'), { code: 'config' })
})
