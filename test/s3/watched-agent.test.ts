/**
 * What the connections of the AWS SDK rest on is told by the destination and the source, of S3's and
 * of SQS' service; and whose certificate it is that is not trusted.
 */
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import type { Test } from 'tap'
import type { Certificate } from '../../src/core.ts'
import { create } from '../../src/destinations/s3.ts'
import type { Options } from '../../src/destinations/s3.ts'
import { Bucket } from '../../src/s3/bucket.ts'
import { openS3 } from '../../src/s3/client.ts'
import type { S3Options } from '../../src/s3/options.ts'
import { Peers } from '../../src/s3/watched-agent.ts'
import { create as createSource } from '../../src/sources/s3.ts'
import { makeAuthority, pem } from '../helpers/certificates.ts'
import type { Authority } from '../helpers/certificates.ts'
import { startHttpProxy } from '../helpers/http-proxy.ts'
import { needs } from '../helpers/peers.ts'
import { startStandIn } from '../helpers/s3-stand-in.ts'
import { blockOf, cefLine, Feed, recorder } from '../helpers/sink.ts'
import { StandInQueue } from '../helpers/sqs.ts'
import { objectOptions } from '../sources/s3/world.ts'

const sealing = { format: 'cef', gzip: false, maxBytes: 1e6, maxAge: 1e6, sse: 'none' } as const

type Told = readonly Certificate[]

/** The stand-in with a certificate of this authority, and that certificate's fingerprint. */
async function started(t: Test, authority: Authority, san?: string) {
  const signed = await authority.sign('s3', san === undefined ? {} : { san })
  const tls = { cert: await pem(signed.cert), key: await pem(signed.key) }
  const ca = await pem(authority.cert)
  const s3 = await startStandIn(t, () => undefined, { ...tls, ca })
  return { s3, tls, ca, fingerprint: new X509Certificate(tls.cert).fingerprint256 }
}

/** Writes one line; what was told with each `connected`. */
async function write(t: Test, given: S3Options): Promise<(Told | undefined)[]> {
  const told: (Told | undefined)[] = []
  const delivery = recorder()
  delivery.connected = (_detail, certificates) => told.push(certificates)
  const feed = new Feed(blockOf(1, [cefLine(1)]))
  feed.end()
  const options: Options = { ...sealing, kmsKey: null, ...given }
  const destination = create(options, { name: 'b', folder: t.testdir() })
  await destination.deliver(feed, delivery, new AbortController().signal)
  t.same(delivery.receipts, [1])
  return told
}

/** Why the bucket cannot be listed. */
async function refusal(options: S3Options): Promise<string> {
  const connection = await openS3(options, 'sources.b')
  try {
    const bucket = new Bucket(connection, 'sources.b')
    await bucket.list('', '', AbortSignal.timeout(60_000))
    return ''
  } catch (thrown) {
    return (thrown as Error).message
  } finally {
    connection.close()
  }
}

t.test('a destination’s, directly and through a proxy', needs('openssl'), async (t) => {
  const authority = await makeAuthority(t.testdir())
  const { s3, fingerprint } = await started(t, authority)
  const one = { whose: 'peer', subject: 'CN=s3', issuer: 'CN=Test CA', fingerprint } as const
  await t.test('directly', async (t) => t.match(await write(t, s3.options), [[one]]))
  const proxy = await startHttpProxy()
  t.teardown(() => proxy.close())
  await t.test('through a proxy', async (t) => {
    t.match(await write(t, { ...s3.options, proxy: proxy.url }), [[one]])
  })
})

t.test('over plain HTTP there is none', async (t) => {
  const { options } = await startStandIn(t, () => undefined)
  t.same(await write(t, options), [[]])
})

t.test('a source’s, and of its queue', needs('openssl'), async (t) => {
  const authority = await makeAuthority(t.testdir())
  const { s3, tls, fingerprint } = await started(t, authority)
  const queue = new StandInQueue()
  const server = createServer(tls, (request, response) => {
    queue.answer(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  for (const url of [null, `https://127.0.0.1:${port}/123456789012/objects`]) {
    const told: Told[] = []
    const heard = new AbortController()
    const connected = (certificates: Told): void => {
      told.push(certificates)
      heard.abort()
    }
    const options = objectOptions(s3.options, { queue: url })
    const context = { name: 'b', remembers: () => false, connected }
    const source = createSource(options, context)
    const stopped = AbortSignal.any([heard.signal, AbortSignal.timeout(60_000)])
    for await (const { read } of source.batches(undefined, stopped)) t.equal(read, 0)
    t.match(told[0], [{ whose: 'peer', fingerprint }], url ?? 'the bucket')
  }
})

t.test('one that is not trusted: whose it is, and whom tls.ca has', needs('openssl'), async (t) => {
  const right = await makeAuthority(t.testdir(), 'Right CA')
  const wrong = await makeAuthority(t.testdirName, 'Wrong CA')
  const { s3 } = await started(t, right)
  const proxy = await startHttpProxy()
  t.teardown(() => proxy.close())
  for (const way of [{}, { proxy: proxy.url }]) {
    const options = { ...s3.options, ...way }
    t.match(
      await refusal({ ...options, tls: { ca: wrong.cert } }),
      /its certificate is of “CN=Right CA”, which is not trusted \(.*\): correct sources\.b\.tls\.ca \(it holds “CN=Wrong CA”\) to its CA file; for AWS’ own, start Cefline with NODE_EXTRA_CA_CERTS$/,
    )
    t.match(
      await refusal({ ...options, tls: { ca: null } }),
      /of “CN=Right CA”, which is not trusted .*: set sources\.b\.tls\.ca to its CA file; /,
    )
  }
})

t.test('other failures of TLS have other cures', needs('openssl'), async (t) => {
  const authority = await makeAuthority(t.testdir())
  const other = await started(t, authority, 'DNS:elsewhere.example')
  t.match(
    await refusal(other.s3.options),
    /certificate is for another name .*: correct sources\.b\.endpoint to a name it carries/,
  )
  const plain = await startStandIn(t, () => undefined)
  const endpoint = plain.endpoint.replace('http:', 'https:')
  t.match(
    await refusal({ ...plain.options, endpoint }),
    /does not speak TLS on this port .*: use its port for TLS, or http:\/\/ in sources\.b\.endpoint$/,
  )
})

t.test('each certificate of each service is told once, the newest of each', async (t) => {
  const told: string[][] = []
  const peers = new Peers((all) => told.push(all.map(({ fingerprint }) => fingerprint)))
  const of = (fingerprint: string) => ({ fingerprint }) as Certificate
  for (const shown of ['old', 'old', 'new', 'old', 'new']) peers.hear('a:443', of(shown))
  peers.hear('b:443', of('old'))
  t.same(told, [['old'], ['new'], ['new', 'old']])
})
