import { join } from 'node:path'
import t from 'tap'
import { pemPaths, withPem } from '../../src/config/pem.ts'

const text = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
const folder = t.testdir({ 'ca.pem': text, other: 'no PEM' })
const ca = join(folder, 'ca.pem')

t.test('paths become the text of their files', async (t) => {
  const options = { url: 'tls://h', tls: { ca, cert: text, key: null, verify: true } }
  t.same(pemPaths(options), [ca])
  t.same(await withPem(options), { url: 'tls://h', tls: { ...options.tls, ca: text } })
  t.equal(options.tls.ca, ca)
})

t.test('what cannot be read, or is no PEM, stays what it is', async (t) => {
  const paths = { ca: join(folder, 'none'), cert: join(folder, 'other'), key: null }
  const options = { tls: paths }
  t.same(pemPaths(options), [paths.ca, paths.cert])
  t.equal(await withPem(options), options)
})

t.test('options without certificates', async (t) => {
  for (const options of [{}, { tls: null }, { tls: { ca: null } }, { path: ca }]) {
    t.same(pemPaths(options), [])
    t.equal(await withPem(options), options)
  }
})
