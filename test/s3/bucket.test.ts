import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import type { Test } from 'tap'
import { Bucket, decodeKey } from '../../src/s3/bucket.ts'
import { openS3 } from '../../src/s3/client.ts'
import { s3Defaults, useTestKeys } from '../helpers/versitygw.ts'

const { signal } = new AbortController()

/** A bucket of a service that answers as it is told. */
async function bucketOf(
  t: Test,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Bucket> {
  useTestKeys()
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const endpoint = `http://127.0.0.1:${port}`
  const connection = await openS3({ ...s3Defaults, endpoint }, 'sources.x')
  t.teardown(async () => {
    connection.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return new Bucket(connection, 'sources.x')
}

function fail(
  status: number,
  code: string,
): (_: IncomingMessage, response: ServerResponse) => void {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/xml' })
    response.end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`)
  }
}

function listOf(keys: string[], more = ''): string {
  const entries = keys.map((key) => {
    return `<Contents><Key>${key}</Key><ETag>&quot;e-1&quot;</ETag><Size>5</Size><LastModified>2026-01-02T03:04:05.000Z</LastModified></Contents>`
  })
  return `<ListBucketResult>${entries.join('')}${more}</ListBucketResult>`
}

t.test('a list: keys are decoded where the service encodes them', async (t) => {
  let asked = ''
  const url = '<EncodingType>url</EncodingType>'
  const bucket = await bucketOf(t, ({ url: path = '' }, response) => {
    asked = path
    response.end(listOf(['a+b%2Bc%0A', 'b'], `${url}<IsTruncated>true</IsTruncated>`))
  })
  const { objects, isTruncated } = await bucket.list('a/', 'A', signal)
  t.ok(isTruncated)
  const modified = Date.UTC(2026, 0, 2, 3, 4, 5)
  t.same(objects[0], { key: 'a b+c\n', etag: 'e-1', size: 5, modified })
  const query = new URL(asked, 'http://x').searchParams
  t.same([query.get('prefix'), query.get('start-after')], ['a/', 'A'])
  const plain = await bucketOf(t, (_, response) => response.end(listOf(['a+b%2Bc'])))
  t.equal((await plain.list('', '', signal)).objects[0]?.key, 'a+b%2Bc')
})

t.test('a version without an ETag is told by its time and size', async (t) => {
  const date = 'Fri, 02 Jan 2026 03:04:05 GMT'
  const bucket = await bucketOf(t, ({ method = '', url = '' }, response) => {
    if (method === 'GET' && url.includes('list-type')) {
      response.end(listOf(['k']).replace('&quot;e-1&quot;', '').replace('05.000Z', '05.678Z'))
    } else if (method === 'DELETE') response.writeHead(204).end()
    else {
      response.writeHead(200, { 'last-modified': date, 'content-length': 5 })
      response.end(method === 'GET' ? '12345' : undefined)
    }
  })
  const [listed] = (await bucket.list('', '', signal)).objects
  const opened = await bucket.open('k', signal)
  if (typeof opened === 'string') throw new Error(opened)
  t.equal(opened.etag, listed?.etag)
  opened.discard()
  t.equal(await bucket.delete(opened, signal), true)
})

t.test('a list that is not in order, or does not go on', async (t) => {
  const table = [
    listOf(['b', 'a']),
    listOf(['a', 'a']),
    listOf([], '<IsTruncated>true</IsTruncated>'),
    // As of a service that knows no StartAfter.
    listOf(['0']),
  ]
  for (const answer of table) {
    const bucket = await bucketOf(t, (_, response) => response.end(answer))
    await t.rejects(bucket.list('', '1', signal), { code: 'bad-answer', message: /order of keys/ })
  }
  const bytes = await bucketOf(t, (_, response) => response.end(listOf(['\uff5e', '\u{1f600}'])))
  t.equal((await bytes.list('', '', signal)).objects.length, 2, 'the order is that of UTF-8')
})

t.test('what cannot be read, in words', async (t) => {
  const open = async (status: number, code: string) => {
    const bucket = await bucketOf(t, fail(status, code))
    return bucket.open('siem/k', signal)
  }
  t.equal(await open(404, 'NoSuchKey'), 'gone')
  t.equal(await open(403, 'InvalidObjectState'), 'archived')
  await t.rejects(open(403, 'AccessDenied'), { code: 'forbidden', message: /s3:GetObject/ })
  await t.rejects(open(403, 'AccessDenied'), { message: /kms:Decrypt/ })
  await t.rejects(open(404, 'NoSuchBucket'), { code: 'not-found', message: /no such bucket/ })
  await t.rejects(open(503, 'SlowDown'), { code: 'server' })
  const listing = await bucketOf(t, fail(403, 'AccessDenied'))
  await t.rejects(listing.list('', '', signal), { code: 'forbidden', message: /s3:ListBucket/ })
})

t.test('a body that ends early is an error', async (t) => {
  const bucket = await bucketOf(t, (_, response) => {
    response.writeHead(200, { 'content-length': 1_000, etag: '"x"' })
    response.write('0123456789', () => response.destroy())
  })
  const opened = await bucket.open('siem/k', signal)
  if (typeof opened === 'string') throw new Error(opened)
  t.match(opened, { etag: 'x', size: 1_000 })
  const read = async () => {
    for await (const chunk of opened.chunks) t.ok(chunk.length <= 10)
  }
  const failure: unknown = await read().catch((thrown: unknown) => thrown)
  t.match(failure, { permanent: false, message: /^s3:\/\/timelines\/siem\/k \(sources\.x\)/ })
  opened.discard()
})

t.test('only the version that was read is deleted', async (t) => {
  const deleted: string[] = []
  const bucket = await bucketOf(t, ({ method = '', url = '' }, response) => {
    if (method === 'DELETE') deleted.push(url)
    response.setHeader('etag', '"now"').end()
  })
  t.equal(await bucket.delete({ key: 'k', etag: 'then' }, signal), false)
  t.same(deleted, [])
  t.equal(await bucket.delete({ key: 'k', etag: 'now' }, signal), true)
  t.equal(deleted.length, 1)
  const gone = await bucketOf(t, (_, response) => response.writeHead(404).end())
  t.equal(await gone.delete({ key: 'k', etag: 'x' }, signal), true, 'it is gone')
  const refusing = await bucketOf(t, fail(403, 'AccessDenied'))
  const failing = refusing.delete({ key: 'k', etag: 'x' }, signal)
  await t.rejects(failing, { code: 'forbidden', message: /s3:DeleteObject/ })
})

t.test('its clock is the service’s', async (t) => {
  const day = 24 * 3600_000
  const bucket = await bucketOf(t, (_, response) => {
    response.setHeader('date', new Date(Date.now() - day).toUTCString()).end(listOf([]))
  })
  await bucket.list('', '', signal)
  t.ok(Math.abs(bucket.now() - (Date.now() - day)) < 3600_000)
})

t.test('keys as queries have them', async (t) => {
  t.equal(decodeKey('red+flower%2B1%C3%BC.jpg'), 'red flower+1ü.jpg')
})
