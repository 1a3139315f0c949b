import t from 'tap'
import type { Test } from 'tap'
import { openS3 } from '../../src/s3/client.ts'
import { statusOf } from '../../src/s3/failure.ts'
import { findVersitygw, startS3 } from '../helpers/versitygw.ts'

/** The name and status of what a request fails with. */
async function failure(request: Promise<unknown>) {
  return request.then(
    () => undefined,
    (thrown: unknown) => statusOf(thrown),
  )
}

/** What the tests of S3 rest on, of versitygw as of the stand-in that takes its place. */
async function keepsTheRules(t: Test): Promise<void> {
  const { connection, options, bucket, keys, get } = await startS3(t)
  const { client, sdk } = connection
  const object = { Bucket: bucket, Key: 'a/b' }
  const put = (more: object = {}, Body = 'text') =>
    client.send(new sdk.PutObjectCommand({ ...object, Body, ...more }))

  await put({ IfNoneMatch: '*' })
  t.match(await failure(put({ IfNoneMatch: '*' }, 'other')), { status: 412 })
  t.equal((await get('a/b')).toString(), 'text', 'never written over')
  const wrong = put({ ChecksumSHA256: Buffer.alloc(32).toString('base64') })
  t.match(await failure(wrong), { status: 400 }, 'checksum')

  const part = { ...object, Key: 'c' }
  const begin = async () => {
    const { UploadId } = await client.send(new sdk.CreateMultipartUploadCommand(part))
    const command = new sdk.UploadPartCommand({ ...part, UploadId, PartNumber: 1, Body: 'one' })
    const { ETag } = await client.send(command)
    return { UploadId, Parts: [{ PartNumber: 1, ETag }] }
  }
  const complete = ({ UploadId, Parts }: Awaited<ReturnType<typeof begin>>, more = {}) => {
    const whole = { ...part, UploadId, MultipartUpload: { Parts }, ...more }
    return client.send(new sdk.CompleteMultipartUploadCommand(whole))
  }
  const aborted = await begin()
  t.same(await keys('c'), [], 'not before it is complete')
  await client.send(new sdk.AbortMultipartUploadCommand({ ...part, UploadId: aborted.UploadId }))
  t.match(await failure(complete(aborted)), { name: 'NoSuchUpload', status: 404 })
  await complete(await begin())
  t.same(await keys('c'), ['c'])
  t.match(await failure(complete(await begin(), { IfNoneMatch: '*' })), { status: 412 })

  for (const [accessKeyId, name] of [
    ['cefline-test', /^SignatureDoesNotMatch$/],
    ['another', /^(InvalidAccessKeyId|XAdminUserNotFound)$/],
  ] as const) {
    const stranger = await openS3(options, 'test')
    stranger.client.config.credentials = async () => ({ accessKeyId, secretAccessKey: 'guessed' })
    const list = stranger.client.send(new sdk.ListObjectsV2Command({ Bucket: bucket }))
    t.match(await failure(list), { name })
    stranger.close()
  }
  const other = new sdk.ListObjectsV2Command({ Bucket: 'another' })
  t.match(await failure(client.send(other)), { name: 'NoSuchBucket', status: 404 })
}

const isInstalled = findVersitygw() !== undefined

t.test('the stand-in keeps the rules', async (t) => {
  const before = process.env['CEFLINE_TEST_S3']
  process.env['CEFLINE_TEST_S3'] = 'stand-in'
  t.teardown(() => {
    if (before === undefined) delete process.env['CEFLINE_TEST_S3']
    else process.env['CEFLINE_TEST_S3'] = before
  })
  await keepsTheRules(t)
})

if (isInstalled) t.test('versitygw keeps them too', keepsTheRules)
