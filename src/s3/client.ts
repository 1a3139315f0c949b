/**
 * The AWS SDK's client for a bucket. The SDK is loaded here when it is first needed and nowhere else:
 * it takes 23 MB of memory, which who writes to no bucket does not pay.
 *
 * Tries again little by itself, as the loops do so for as long as it takes. Every body is signed with
 * its SHA-256 (Signature Version 4). AWS is sent its own checksum headers beside that; a service
 * behind an own endpoint is not, unless an operation requires them, as several refuse them
 * (Cloudflare R2 with 501, Google's with a signature that does not match: aws-sdk-js-v3 #6810,
 * aws-sdk-java-v2 #5987).
 */
import type * as S3Sdk from '@aws-sdk/client-s3'
import type { fromTemporaryCredentials } from '@aws-sdk/credential-providers'
import { readFile } from 'node:fs/promises'
import { Agent as PlainAgent } from 'node:http'
import { Agent } from 'node:https'
import { error } from '../error.ts'
import { certificatesOf } from '../io/tls.ts'
import { judge } from './options.ts'
import type { S3Options } from './options.ts'
import { proxyAgent } from './proxy-agent.ts'
import { watched } from './watched-agent.ts'
import type { Hear } from './watched-agent.ts'

/** The SDK's module: its commands are classes of it. */
export type S3Module = typeof S3Sdk

export interface S3Connection {
  client: S3Sdk.S3Client
  sdk: S3Module
  bucket: string
  /** True without an own endpoint: checksum headers are understood. */
  aws: boolean
  /** `s3://bucket at https://…`, for people. */
  where: string
  close(): void
}

/** What every client of the SDK takes (S3's, SQS's): who, where and how. */
export interface AwsConfiguration {
  region?: string
  credentials?: Provider
  maxAttempts: number
  requestHandler: Handler
}

type Provider = ReturnType<typeof fromTemporaryCredentials>

interface Handler {
  connectionTimeout: number
  requestTimeout: number
  throwOnRequestTimeout: boolean
  socketTimeout: number
  httpAgent: PlainAgent
  httpsAgent: Agent
}

/** Attempts of one request: the second is for a connection that the other side had closed already. */
const attempts = 2
/** ms to connect in, TLS not included. */
const connectionTimeout = 10_000

/** A client for the bucket; `place` is the component's path in the configuration, `hear` is told whose
 * certificates its connections show. Reads the CA file and sends nothing. Throws `config`. */
export async function openS3(
  options: S3Options,
  place: string,
  hear: Hear = () => {},
): Promise<S3Connection> {
  const { bucket, endpoint, pathStyle } = options
  judge(options, place)
  const sdk = await import('@aws-sdk/client-s3')
  const configuration = await awsConfiguration(options, place, options.tls.ca, hear)
  const aws = endpoint === null
  const when = aws ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED'
  const client = new sdk.S3Client({
    ...configuration,
    ...(aws ? {} : { endpoint }),
    forcePathStyle: pathStyle ?? !aws,
    requestChecksumCalculation: when,
    responseChecksumValidation: when,
  })
  const where = `s3://${bucket}${aws ? '' : ` at ${endpoint}`}`
  return { client, sdk, bucket, aws, where, close: () => client.destroy() }
}

/** Region, credentials and connections for a client of the SDK. `ca` is for the own endpoint: null
 * for a client of another service (SQS). Throws `config`. */
export async function awsConfiguration(
  options: S3Options,
  place: string,
  ca: string | null,
  hear: Hear,
): Promise<AwsConfiguration> {
  const { endpoint, role, externalId } = options
  // The SDK's notice that Node 20 goes in 2027 is in the README, and no line of the log.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
  // Any region will do for a service that has none; AWS' own must be known.
  const region = options.region ?? (endpoint === null ? undefined : 'us-east-1')
  const pem = ca === null ? undefined : await readCa(ca, `${place}.tls.ca`)
  const configuration: AwsConfiguration = {
    ...(region !== undefined && { region }),
    maxAttempts: attempts,
    requestHandler: handler(options, hear, pem),
  }
  if (role === null) return configuration
  const providers = await import('@aws-sdk/credential-providers')
  // Sessions are renewed by the SDK before they end, in the midst of a long upload too.
  configuration.credentials = providers.fromTemporaryCredentials({
    params: {
      RoleArn: role,
      RoleSessionName: 'cefline',
      ...(externalId !== null && { ExternalId: externalId }),
    },
    clientConfig: {
      ...(options.region !== null && { region: options.region }),
      maxAttempts: attempts,
      // Asked once an hour: a connection that is kept would outlive the client, which closes its own.
      requestHandler: handler(options, () => {}, undefined, false),
    },
  })
  return configuration
}

function handler(
  { proxy, timeout }: S3Options,
  hear: Hear,
  ca: string | undefined,
  keepAlive = true,
): Handler {
  // No TLS session is resumed, as that would show the certificate of the connection that began it.
  const resumed = { maxCachedSessions: 0 }
  const agent = { keepAlive, maxSockets: 16, ...resumed, ...(ca !== undefined && { ca }) }
  const secure = proxy === null ? new Agent(agent) : proxyAgent(proxy, agent)
  return {
    connectionTimeout,
    requestTimeout: timeout,
    // Without this a request that is too late is only warned of.
    throwOnRequestTimeout: true,
    socketTimeout: timeout,
    httpAgent: new PlainAgent({ keepAlive, maxSockets: 16 }),
    httpsAgent: watched(secure, ca, hear),
  }
}

async function readCa(value: string, place: string): Promise<string> {
  let pem = value
  if (!value.includes('-----BEGIN')) {
    pem = await readFile(value, 'utf8').catch((cause: NodeJS.ErrnoException) => {
      const why = `cannot read ${value} (${cause.code ?? cause.message})`
      throw error('config', `${place}: ${why}: give a readable PEM file`, { cause })
    })
  }
  certificatesOf(pem, place)
  return pem
}
