/**
 * A real S3 service for tests: versitygw (`.ci/peers` installs it where Go is), on a folder of its own
 * and a free loopback port. It keeps If-None-Match on PutObject and CompleteMultipartUpload, SHA-256
 * checksums, signatures and the abort of uploads; it takes the headers of SSE and ignores them.
 * Where it is not installed the stand-in takes its place, and says so; `CEFLINE_TEST_S3=stand-in` asks
 * for it.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { openS3 } from '../../src/s3/client.ts'
import type { S3Connection } from '../../src/s3/client.ts'
import type { S3Options } from '../../src/s3/options.ts'
import { findProgram, unpacked } from './peers.ts'
import { listenStandIn } from './s3-stand-in-server.ts'

export interface S3Service {
  endpoint: string
  bucket: string
  accessKeyId: string
  secretAccessKey: string
  connection: S3Connection
  options: S3Options
  /** Keys in the bucket, in their order. */
  keys(prefix?: string): Promise<string[]>
  /** An object's bytes. */
  get(key: string): Promise<Buffer>
  /** The lines of an object, unpacked where it is compressed. */
  lines(key: string): Promise<string[]>
}

interface Testing {
  teardown(end: () => Promise<void>): void
  comment?(text: string): void
}

/** Credentials of every S3 server in tests, where the SDK finds them. */
export const testKeys = { accessKeyId: 'cefline-test', secretAccessKey: 'not-a-secret' }

export function useTestKeys(): void {
  process.env['AWS_ACCESS_KEY_ID'] = testKeys.accessKeyId
  process.env['AWS_SECRET_ACCESS_KEY'] = testKeys.secretAccessKey
  process.env['AWS_EC2_METADATA_DISABLED'] = 'true'
}

export const s3Defaults: S3Options = {
  bucket: 'timelines',
  folder: 'siem',
  endpoint: null,
  region: null,
  pathStyle: null,
  role: null,
  externalId: null,
  proxy: null,
  timeout: 20_000,
  tls: { ca: null },
}

/** Starts the service with an empty bucket; ended with the test. */
export async function startS3(t: Testing): Promise<S3Service> {
  useTestKeys()
  const program = findVersitygw()
  if (program === undefined) t.comment?.('versitygw is not here: S3 is the stand-in of our own')
  const { endpoint, close } =
    program === undefined
      ? await listenStandIn(testKeys, () => undefined)
      : await startVersitygw(program)
  const options = { ...s3Defaults, endpoint }
  const connection = await openS3(options, 'test')
  t.teardown(async () => {
    connection.close()
    await close()
  })
  await makeBucket(connection)
  return { endpoint, ...testKeys, options, ...contentOf(connection) }
}

/** The program's path, or undefined where it is not installed (or not wanted). */
export function findVersitygw(): string | undefined {
  if (process.env['CEFLINE_TEST_S3'] === 'stand-in') return undefined
  const own = join(unpacked('bin'), 'versitygw')
  return existsSync(own) ? own : findProgram('versitygw')
}

async function startVersitygw(program: string) {
  const folder = await mkdtemp(join(tmpdir(), 'cefline-s3-'))
  const port = await freePort()
  const { accessKeyId, secretAccessKey } = testKeys
  const keys = ['--access', accessKeyId, '--secret', secretAccessKey]
  const flags = ['--port', `127.0.0.1:${port}`, '--quiet', ...keys, 'posix', folder]
  const child = spawn(program, flags, { stdio: 'ignore' })
  const ended = new Promise((resolve) => child.once('close', resolve))
  const close = async () => {
    child.kill('SIGKILL')
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  return { endpoint: `http://127.0.0.1:${port}`, close }
}

/** What is in a connection's bucket. */
export function contentOf(connection: S3Connection) {
  const { client, sdk, bucket } = connection
  const get = async (key: string): Promise<Buffer> => {
    const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key }))
    return Buffer.from((await Body?.transformToByteArray()) ?? [])
  }
  return {
    bucket,
    connection,
    get,
    keys: async (prefix = '') => {
      const command = new sdk.ListObjectsV2Command({ Bucket: bucket, Prefix: prefix })
      const { Contents = [] } = await client.send(command)
      return Contents.map(({ Key = '' }) => Key)
    },
    lines: async (key: string) => {
      const bytes = await get(key)
      const plain = key.endsWith('.gz') ? gunzipSync(bytes) : bytes
      return plain.toString().split('\n').slice(0, -1)
    },
  }
}

/** Waits for the service and makes the bucket. */
async function makeBucket({ client, sdk, bucket }: S3Connection): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await client.send(new sdk.CreateBucketCommand({ Bucket: bucket }))
      return
    } catch (thrown) {
      if (tries === 200) throw thrown
      await sleep(50)
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
