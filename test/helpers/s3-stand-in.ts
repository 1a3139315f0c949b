/**
 * The stand-in for S3 that falls ill on order, as a real service does now and then, with an empty
 * bucket and a client for it.
 */
import { openS3 } from '../../src/s3/client.ts'
import { listenStandIn } from './s3-stand-in-server.ts'
import type { Asked, Illness } from './s3-stand-in-server.ts'
import { contentOf, s3Defaults, testKeys, useTestKeys } from './versitygw.ts'

export type { Asked, Illness } from './s3-stand-in-server.ts'

interface Testing {
  teardown(end: () => Promise<void>): void
}

interface Tls {
  /** PEM texts. */
  cert: string
  key: string
  ca: string
}

/** Starts it with an empty bucket, with TLS where that is given; `ill` says how each request goes wrong,
 * if it does. */
export async function startStandIn(
  t: Testing,
  ill: (asked: Asked) => Illness | undefined,
  tls?: Tls,
) {
  useTestKeys()
  const { endpoint, standIn, close } = await listenStandIn(testKeys, ill, tls)
  standIn.buckets.add(s3Defaults.bucket)
  const options = { ...s3Defaults, endpoint, tls: { ca: tls?.ca ?? null } }
  const connection = await openS3(options, 'test')
  t.teardown(async () => {
    connection.close()
    await close()
  })
  return { endpoint, options, standIn, ...contentOf(connection) }
}
