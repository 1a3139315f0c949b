import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import type { CheckStep } from '../../src/core.ts'
import { create } from '../../src/destinations/s3.ts'
import type { Options } from '../../src/destinations/s3.ts'
import { makeAuthority, pem } from '../helpers/certificates.ts'
import { startHttpProxy } from '../helpers/http-proxy.ts'
import { startStandIn } from '../helpers/s3-stand-in.ts'
import { blockOf, cefLine, Feed, recorder } from '../helpers/sink.ts'
import { testKeys } from '../helpers/versitygw.ts'

const sealing = { format: 'cef', gzip: false, maxBytes: 1e6, maxAge: 1e6, sse: 'none' } as const
const live = () => new AbortController().signal

type S3Options = Awaited<ReturnType<typeof startStandIn>>['options']

/** Writes one line; what the delivery was told. */
async function write(t: Test, options: S3Options, signal = live()) {
  const delivery = recorder()
  const feed = new Feed(blockOf(1, [cefLine(1)]))
  feed.end()
  const whole: Options = { ...sealing, kmsKey: null, ...options }
  const folder = await mkdtemp(join(tmpdir(), 'cefline-s3-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const destination = create(whole, { name: 'b', folder })
  const failure: unknown = await destination
    .deliver(feed, delivery, signal)
    .catch((thrown: unknown) => thrown)
  return { ...delivery, failure }
}

async function check(options: S3Options, connect: boolean): Promise<CheckStep[]> {
  const steps = []
  const whole: Options = { ...sealing, kmsKey: null, ...options }
  for await (const step of create(whole, { name: 'b' }).check(live(), connect)) steps.push(step)
  return steps
}

/** With an authority of its own, for 127.0.0.1. */
async function startTls(t: Test) {
  const authority = await makeAuthority(t.testdir())
  const { cert, key } = await authority.sign('s3')
  const tls = { cert: await pem(cert), key: await pem(key), ca: await pem(authority.cert) }
  const s3 = await startStandIn(t, () => undefined, tls)
  return { s3, authority, where: new URL(s3.endpoint).host }
}

type Answer = 'session' | 'denied' | 'silent'

/** A stand-in of AWS' STS, as far as AssumeRole: it gives the keys that the stand-in of S3 knows. */
async function startSts(t: Test, answer: Answer) {
  const asked: URLSearchParams[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      asked.push(new URLSearchParams(body))
      if (answer === 'silent') return
      if (answer === 'denied') {
        const message = 'User: arn:aws:iam::1:user/x is not authorized to perform: sts:AssumeRole'
        const error = `<Error><Code>AccessDenied</Code><Message>${message}</Message></Error>`
        response.writeHead(403).end(`<ErrorResponse>${error}</ErrorResponse>`)
        return
      }
      const { accessKeyId, secretAccessKey } = testKeys
      const keys = `<AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey>`
      const until = new Date(Date.now() + 3_600_000).toISOString()
      const session = `<SessionToken>session-1</SessionToken><Expiration>${until}</Expiration>`
      const result = `<AssumeRoleResult><Credentials>${keys}${session}</Credentials></AssumeRoleResult>`
      response.end(`<AssumeRoleResponse>${result}</AssumeRoleResponse>`)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  process.env['AWS_ENDPOINT_URL_STS'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  // Those of the identity itself are of no use in the bucket.
  process.env['AWS_ACCESS_KEY_ID'] = 'who-asks'
  process.env['AWS_SECRET_ACCESS_KEY'] = 'for-the-role'
  t.teardown(async () => {
    delete process.env['AWS_ENDPOINT_URL_STS']
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const connections = () =>
    new Promise<number>((resolve) => server.getConnections((_failure, count) => resolve(count)))
  return { asked, connections }
}

const role = { role: 'arn:aws:iam::2:role/writer', externalId: 'theirs' }

t.test('a role is assumed, and the bucket written as it', async (t) => {
  const s3 = await startStandIn(t, () => undefined)
  const sts = await startSts(t, 'session')
  const { receipts, failure } = await write(t, { ...s3.options, ...role })
  t.equal(failure, undefined)
  t.same(receipts, [1])
  t.equal(s3.standIn.objects.size, 1)
  t.match(Object.fromEntries(sts.asked[0] ?? []), {
    Action: 'AssumeRole',
    RoleArn: role.role,
    ExternalId: 'theirs',
    RoleSessionName: 'cefline',
  })
  t.equal(sts.asked.length, 1, 'once for all requests')
  t.ok(s3.standIn.asked.every(({ headers }) => headers['x-amz-security-token'] === 'session-1'))
  while ((await sts.connections()) > 0) await new Promise((resolve) => setTimeout(resolve, 10))
  t.pass('no connection to STS is left')
})

t.test('a role that may not be assumed is no connection', async (t) => {
  const s3 = await startStandIn(t, () => undefined)
  const sts = await startSts(t, 'denied')
  const options = { ...s3.options, ...role }
  const { connections, failure } = await write(t, options)
  const message = /destinations\.b\.role may not be assumed .*sts:AssumeRole.*trust policy/
  t.match(failure, { code: 'forbidden', message })
  t.same(connections, [])
  t.same(s3.standIn.asked, [], 'nothing is asked of the bucket')
  t.match(await check(options, true), [{ ok: true }, { name: 'credentials', ok: false }])
  const before = sts.asked.length
  t.match(await check(options, false), [{ name: 's3', ok: true }])
  t.equal(sts.asked.length, before, 'nothing leaves this machine unasked')
})

t.test('a stop does not wait for an STS that is silent', async (t) => {
  const s3 = await startStandIn(t, () => undefined)
  const sts = await startSts(t, 'silent')
  const abort = new AbortController()
  const done = write(t, { ...s3.options, ...role }, abort.signal)
  while (sts.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
  abort.abort()
  t.match(await done, { failure: undefined, connections: [], receipts: [] })
})

t.test('an own endpoint with TLS: by its own authority, and no other', async (t) => {
  const { s3, authority } = await startTls(t)
  t.match(await write(t, s3.options), { failure: undefined, receipts: [1] })
  t.equal(s3.standIn.objects.size, 1)
  const ofFile = { ...s3.options, tls: { ca: authority.cert } }
  t.match((await check(ofFile, true)).at(-1), { name: 'bucket', ok: true }, 'a path too')
  const { failure, connections } = await write(t, { ...s3.options, tls: { ca: null } })
  t.match(failure, { code: 'tls', message: /set destinations\.b\.tls\.ca/ })
  t.same(connections, [])
})

t.test('through a proxy, with TLS to the service itself inside', async (t) => {
  const { s3, where } = await startTls(t)
  const proxy = await startHttpProxy({ login: 'us@er:pass' })
  t.teardown(() => proxy.close())
  const login = proxy.url.replace('//', '//us%40er:pass@')
  t.match(await write(t, { ...s3.options, proxy: login }), { failure: undefined, receipts: [1] })
  t.equal(s3.standIn.objects.size, 1)
  t.ok(proxy.asked.length > 0 && proxy.asked.every((line) => line === `CONNECT ${where}`))
  const before = s3.standIn.asked.length
  const wrong = proxy.url.replace('//', '//us%40er:guessed@')
  const { failure } = await write(t, { ...s3.options, proxy: wrong })
  t.match(failure, { code: 'network', message: /the proxy 127\.0\.0\.1:\d+ answered 407/ })
  t.notMatch(String(failure), /guessed/)
  t.equal(s3.standIn.asked.length, before, 'nothing goes past the proxy')
})
