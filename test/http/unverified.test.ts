import t from 'tap'
import { Unverified } from '../../src/http/unverified.ts'
import { plainTls } from '../helpers/plain-tls.ts'

const hour = 60 * 60_000

t.test('a server that is not verified is said at once and every hour', async (t) => {
  const url = new URL('https://host.example:9699/api')
  const unverified = new Unverified({ url, tls: { ...plainTls, verify: false } }, 'password')
  t.match(unverified.take(0), [
    { level: 'warn', code: 'tls', message: /at host\.example:9699 is believed and gets the pass/ },
  ])
  t.same(unverified.take(hour - 1), [])
  t.equal(unverified.take(hour).length, 1)
})

t.test('of any other nothing is said', async (t) => {
  const https = new URL('https://host.example')
  const table: [URL, object][] = [
    [https, {}],
    [https, { verify: false, fingerprint: 'AA:BB' }],
    [new URL('http://host.example'), { verify: false }],
  ]
  for (const [url, tls] of table) {
    t.same(new Unverified({ url, tls: { ...plainTls, ...tls } }, 'token').take(0), [])
  }
})
