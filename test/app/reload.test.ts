/**
 * Secrets and certificates that are exchanged in their files while the appliance runs.
 */
import { copyFileSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import t from 'tap'
import type { Test } from 'tap'
import { activity, idsIn, simple, startAppliance, syslog } from '../helpers/appliance.ts'
import { fingerprintOf, makeAuthority, pem } from '../helpers/certificates.ts'
import type { Certificate } from '../helpers/certificates.ts'
import { eventually } from '../helpers/daemon.ts'
import { needs } from '../helpers/peers.ts'
import { startSink } from '../helpers/sink.ts'

t.test('a rotated password reaches the next request', needs('openssl'), async (t) => {
  const { api, folder, configuration, received } = await simple(t)
  writeFileSync(join(folder, 'password'), 'wrong')
  const sources = { activity: activity(api, { password: '${file:password}' }) }
  const appliance = startAppliance(t, { ...configuration, sources }, { folder })
  await appliance.said(/refuse|unauthorized|401|password/i)
  writeFileSync(join(folder, 'password'), `${api.password}\n`)
  t.match(await appliance.said(/was taken over/), /: source activity changed$/)
  await received(5)
})

t.test('from the environment, files of secrets are read again', needs('openssl'), async (t) => {
  const { api, folder } = await simple(t)
  const sink = await startSink(t)
  writeFileSync(join(folder, 'password'), 'wrong')
  writeFileSync(join(folder, 'ca.pem'), api.ca)
  const appliance = startAppliance(t, undefined, {
    folder,
    env: {
      NETWRIX_URL: api.url,
      NETWRIX_USERNAME: api.username,
      NETWRIX_PASSWORD_FILE: 'password',
      NETWRIX_CA_FILE: join(folder, 'ca.pem'),
      SYSLOG_URL: `tcp://127.0.0.1:${sink.port}`,
      SYSLOG_HOSTNAME: 'here',
      DATA_FOLDER: join(folder, 'data'),
      STATUS_LISTEN: '127.0.0.1:0',
    },
  })
  await appliance.started
  writeFileSync(join(folder, 'password'), api.password)
  await appliance.said(/: source netwrix changed$/)
  await sink.until(5)
})

t.test('certificates are swapped under a connection', needs('openssl'), async (t) => {
  const { api, folder, configuration } = await simple(t)
  const certificates = join(folder, 'made')
  mkdirSync(certificates)
  const [authority, second] = await Promise.all([
    makeAuthority(certificates),
    makeAuthority(certificates, 'Second CA'),
  ])
  const server = await authority.sign('sensor')
  const [old, renewed] = await Promise.all([authority.sign('old'), second.sign('renewed')])
  const siem = await startStrictServer(t, server, authority.cert)
  place(folder, 'one', old)
  symlinkSync('one', join(folder, '..data'))
  const destinations = {
    siem: syslog(0, {
      url: `tls://127.0.0.1:${siem.port}`,
      framing: 'lf',
      tls: {
        ca: authority.cert,
        cert: join(folder, '..data', 'tls.crt'),
        key: join(folder, '..data', 'tls.key'),
      },
    }),
  }
  const appliance = startAppliance(t, { ...configuration, destinations }, { folder })
  await appliance.started
  await siem.until(5)
  t.same(siem.clients, ['old'])

  // A key that is not the certificate's.
  place(folder, 'bad', { cert: renewed.cert, key: old.key })
  swap(folder, 'bad')
  t.match(
    await appliance.said(/not taken over/),
    /siem certificates: destinations\.siem\.tls\.key does not belong to the first certificate/,
  )
  api.add(5)
  await siem.until(10)
  t.same(siem.clients, ['old'], 'the connection is the old one')
  await appliance.delivered()
  siem.disconnect()
  api.add(5)
  await siem.until(15)
  t.same(siem.clients, ['old', 'old'], 'and so is the certificate of the next one')

  siem.trust(await pem(second.cert))
  place(folder, 'two', renewed)
  swap(folder, 'two')
  t.match(await appliance.said(/was taken over/), /: destination siem changed$/)
  api.add(5)
  await siem.until(20)
  t.same(siem.clients, ['old', 'old', 'renewed'])
  t.equal(idsIn(siem.lines()).length, new Set(idsIn(siem.lines())).size)
})

for (const receiptEvery of ['0s', '1s']) {
  const name = `a renewed client certificate is the one presented; receiptEvery: ${receiptEvery}`
  t.test(name, needs('openssl'), async (t) => {
    const { api, folder, configuration } = await simple(t)
    const certificates = join(folder, 'made')
    mkdirSync(certificates)
    const authority = await makeAuthority(certificates)
    // Of the same name, as a renewal is: nothing but the certificate tells them apart.
    const old = await authority.sign('cefline')
    const renewed = await authority.sign('cefline')
    const siem = await startStrictServer(t, await authority.sign('sensor'), authority.cert)
    place(folder, 'one', old)
    symlinkSync('one', join(folder, '..data'))
    const [cert, key] = ['tls.crt', 'tls.key'].map((name) => join(folder, '..data', name))
    const tls = { ca: authority.cert, cert, key }
    const url = `tls://127.0.0.1:${siem.port}`
    const destinations = { siem: syslog(0, { url, framing: 'lf', receiptEvery, tls }) }
    const appliance = startAppliance(t, { ...configuration, destinations }, { folder })
    await appliance.started
    await siem.until(5)
    t.same(new Set(siem.fingerprints), new Set([fingerprintOf(old)]))

    place(folder, 'two', renewed)
    swap(folder, 'two')
    t.match(await appliance.said(/was taken over/), /: destination siem changed$/)
    const before = siem.fingerprints.length
    api.add(5)
    await siem.until(10)
    await appliance.delivered()
    t.equal(siem.fingerprints.at(-1), fingerprintOf(renewed))
    t.notOk(siem.fingerprints.slice(before).includes(fingerprintOf(old)), 'nor the old one again')
    t.same(idsIn(siem.lines()).length, 10, 'and nothing is sent twice')
  })
}

t.test('a destination that is changed in mid block sends nothing twice', async (t) => {
  const folder = t.testdir({ drop: {} })
  const sink = await startSink(t)
  const configuration = (more: object) => ({
    sources: { alerts: { type: 'netwrix-alerts', folder: join(folder, 'drop') } },
    destinations: { siem: syslog(sink.port, { framing: 'lf', receiptEvery: '1s', ...more }) },
  })
  const slow = { rate: { events: 500, burst: '100ms' } }
  const appliance = startAppliance(t, configuration(slow), { folder, watched: false })
  await appliance.started
  const rows = Array.from({ length: 1500 }, (_, row) => {
    return `2026-03-28T14:01:48Z\tu\tAdded\tuser\t${row}\tdc\tActive Directory\t${row}`
  })
  const head = 'When\tWho\tAction\tObject type\tWhat\tWhere\tData source\tRID'
  writeFileSync(join(folder, 'drop', 'some.csv'), [head, ...rows].join('\n'))
  await sink.until(100)
  for (const more of [{ ...slow, timeout: '20s' }, { ...slow, timeout: '21s' }, {}]) {
    const before = sink.lines().length
    appliance.write(configuration(more))
    await appliance.reload()
    await appliance.said(/taken over: destination siem changed/)
    await sink.until(Math.min(1500, before + 200))
  }
  await sink.until(1500)
  await appliance.delivered()
  const ids = idsIn(sink.lines())
  t.equal(new Set(ids).size, 1500)
  t.equal(ids.length, 1500)
  const [destination] = (await appliance.status()).destinations
  t.match(destination?.ledger, [{ spooled: 1500, received: 1500 }])
})

/** As Kubernetes lays a secret out: a folder of its own behind a symbolic link. */
function place(folder: string, name: string, { cert, key }: Certificate): void {
  mkdirSync(join(folder, name))
  copyFileSync(cert, join(folder, name, 'tls.crt'))
  copyFileSync(key, join(folder, name, 'tls.key'))
}

function swap(folder: string, name: string): void {
  symlinkSync(name, join(folder, '..new'))
  renameSync(join(folder, '..new'), join(folder, '..data'))
}

/** A TLS server that wants a client certificate of an authority, which may become another one. */
async function startStrictServer(t: Test, { cert, key }: Certificate, clientCa: string) {
  const context = { cert: await pem(cert), key: await pem(key), ca: await pem(clientCa) }
  const clients: string[] = []
  const fingerprints: string[] = []
  const sockets = new Set<TLSSocket>()
  let text = ''
  const lines = () => text.split('\n').slice(0, -1)
  const server = createServer({ ...context, requestCert: true, rejectUnauthorized: true })
  server.on('tlsClientError', () => {})
  server.on('secureConnection', (socket) => {
    const { fingerprint256, subject } = socket.getPeerCertificate()
    clients.push(String(subject.CN))
    fingerprints.push(fingerprint256)
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return {
    port: (server.address() as AddressInfo).port,
    clients,
    fingerprints,
    lines,
    until: (count: number) =>
      eventually(
        async () => lines().length >= count || undefined,
        () => `${lines().length} of ${count}`,
      ),
    trust: (ca: string) => server.setSecureContext({ ...context, ca }),
    disconnect: () => {
      for (const socket of sockets) socket.end()
    },
  }
}
