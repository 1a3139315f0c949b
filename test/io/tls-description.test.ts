import type { X509Certificate } from 'node:crypto'
import t from 'tap'
import { endsSoon, expiry } from '../../src/io/tls-description.ts'

const day = 86_400_000
/** Half a day more, so that the clock may go on meanwhile. */
const ending = (days: number) =>
  ({ validTo: new Date(Date.now() + (days + 0.5) * day).toUTCString() }) as X509Certificate

t.test('how long a certificate has, in days', async (t) => {
  t.equal(expiry(ending(100)), '100 days to its expiry')
  t.equal(expiry(ending(2)), '2 days to its expiry: RENEW IT')
  t.equal(expiry(ending(1)), '1 day to its expiry: RENEW IT')
  t.equal(expiry(ending(0)), '0 days to its expiry: RENEW IT')
  t.equal(expiry(ending(-1)), 'EXPIRED 1 day ago')
  t.equal(expiry(ending(-2)), 'EXPIRED 2 days ago')
  t.equal(endsSoon(ending(100)), false)
  t.equal(endsSoon(ending(29)), true)
  t.equal(endsSoon(ending(-1)), true)
})
