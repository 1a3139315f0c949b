import { writeFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { certificatesInFiles } from '../../src/app/certificate-files.ts'
import { makeAuthority } from '../helpers/certificates.ts'
import { needs } from '../helpers/peers.ts'

const day = 86_400_000

t.test('of each file the one that ends first', needs('openssl'), async (t) => {
  const folder = t.testdir()
  const authority = await makeAuthority(folder)
  const soon = await authority.sign('soon', { days: 5 })
  const late = await authority.sign('late', { days: 400 })
  const ended = await authority.sign('ended', { days: -1 })
  const both = join(folder, 'both.pem')
  const text = ({ cert }: { cert: string }) => readFileSync(cert, 'utf8')
  writeFileSync(both, text(late) + text(soon))
  const siem = { name: 'siem', options: { tls: { cert: both, ca: text(ended) + text(late) } } }
  const push = { name: 'push', options: { tls: { cert: join(folder, 'none'), ca: soon.key } } }
  const old = { name: 'old', options: { tls: { cert: ended.cert } } }
  const plain = { name: 'plain', options: {} }
  const configuration = { sources: [push, old, plain], destinations: [siem] } as never
  const found = await certificatesInFiles(configuration)
  t.match(found, [
    { component: 'old', whose: 'own', place: 'sources.old.tls.cert', subject: 'CN=ended' },
    { component: 'siem', whose: 'own', place: 'destinations.siem.tls.cert', subject: 'CN=soon' },
    { component: 'siem', whose: 'authority', subject: 'CN=late' },
  ])
  const renewed = await authority.sign('soon', { days: 300 })
  const bundle = text(late) + text(renewed) + text(soon)
  const ca = { name: 'ca', options: { tls: { ca: bundle } } }
  const [first] = await certificatesInFiles({ sources: [], destinations: [ca] } as never)
  t.match(first?.subject, 'CN=soon')
  t.equal(Math.round(((first?.validTo ?? 0) - Date.now()) / day), 300, 'its successor is there')
  t.equal(found.length, 3, 'authorities that have ended, and what cannot be read, are none')
  t.ok((found[0]?.validTo ?? 0) < Date.now())
  t.equal(Math.round(((found[1]?.validTo ?? 0) - Date.now()) / day), 5)
  t.match(found[1]?.fingerprint, /^[0-9A-F]{2}(:[0-9A-F]{2}){31}$/)
})
