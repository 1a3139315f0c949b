/**
 * What an error of the AWS SDK means, in words with a cure.
 *
 * The error that was thrown is not kept as the cause but copied: the SDK's hold the response, and
 * with it the request and its signature.
 */
import type { CeflineError, Code } from '../error.ts'
import { error, isCeflineError } from '../error.ts'
import { printable, shorten } from '../io/printable.ts'
import type { Untrusted } from '../io/tls-untrusted.ts'
import { isOfTls, tlsMeaning } from './tls-failure.ts'
import { untrustedBy } from './watched-agent.ts'

/** What was tried. */
export interface Attempt {
  /** The component's path in the configuration. */
  place: string
  /** `s3://bucket at …`, with the key where there is one. */
  where: string
  /** Permissions of IAM that it needs: `s3:PutObject`. */
  needs: string
}

/** ms until a service that asks for less is tried again at the earliest. */
const slowDown = 5_000

/** What the SDK's errors may have. */
interface Thrown {
  name: string
  message: string
  code: string
  status: number | undefined
  region: string | undefined
  /** Of a handshake. */
  untrusted: Untrusted
}

/** The error as ours. */
export function s3Failure(thrown: unknown, attempt: Attempt): CeflineError {
  if (isCeflineError(thrown)) return thrown
  const read = readThrown(thrown)
  const { code, what, retryAfter } = meaning(read, attempt)
  const cause = Object.assign(new Error(read.message), { name: read.name })
  const message = `${attempt.where} (${attempt.place}): ${what}`
  return error(code, message, { cause, ...(retryAfter !== undefined && { retryAfter }) })
}

/** Name of S3's error (`NoSuchBucket`) and the HTTP status, where there is one. */
export function statusOf(thrown: unknown): { name: string; status: number | undefined } {
  const { name, status } = readThrown(thrown)
  return { name, status }
}

interface Meaning {
  code: Code
  what: string
  retryAfter?: number
}

function meaning(thrown: Thrown, attempt: Attempt): Meaning {
  return byName(thrown, attempt) ?? byStatus(thrown, attempt) ?? ofNetwork(thrown, attempt)
}

function byName({ name, message, region }: Thrown, { place }: Attempt): Meaning | undefined {
  const shown = shown200(message)
  switch (name) {
    case 'NoSuchBucket':
      return {
        code: 'not-found',
        what: `there is no such bucket: check ${place}.bucket and account`,
      }
    case 'PermanentRedirect':
    case 'AuthorizationHeaderMalformed':
    case 'IllegalLocationConstraintException': {
      const right = region === undefined ? 'the bucket’s region' : region
      return { code: 'config', what: `it is in another region: set ${place}.region to ${right}` }
    }
    case 'RequestTimeTooSkewed':
    case 'RequestExpired':
      return { code: 'unauthorized', what: 'this machine’s clock is wrong: set it by NTP' }
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
    case 'InvalidClientTokenId':
    // versitygw's word for a key that it does not know.
    case 'XAdminUserNotFound':
      return {
        code: 'unauthorized',
        what: `the keys are not accepted (${name}): give current ones`,
      }
    case 'ExpiredToken':
    case 'ExpiredTokenException':
    case 'InvalidToken':
      return {
        code: 'unauthorized',
        what: `the session has ended (${name}): renew its credentials`,
      }
    case 'CredentialsProviderError':
    case 'TokenProviderError':
      return {
        code: 'unauthorized',
        what:
          `no credentials (${shown}): give this machine or container a role, or set ` +
          'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile in ~/.aws',
      }
  }
  if (/region is missing/i.test(message)) {
    return { code: 'config', what: `no region is known: set ${place}.region or AWS_REGION` }
  }
  return undefined
}

function byStatus(thrown: Thrown, { place, needs }: Attempt): Meaning | undefined {
  const { name, message, status } = thrown
  if (status === undefined) return undefined
  const shown = `${name}: ${shown200(message)}`
  if (/sts:AssumeRole/i.test(message)) {
    const cure = 'its trust policy must name this identity (and externalId)'
    return { code: 'forbidden', what: `${place}.role may not be assumed (${shown}): ${cure}` }
  }
  if (/^KMS\./.test(name) || /kms/i.test(message)) {
    const cure =
      'the identity needs kms:GenerateDataKey and kms:Decrypt on the key, in its own policy and, ' +
      'from another account, in the key’s'
    return { code: 'forbidden', what: `the KMS key cannot be used (${shown}): ${cure}` }
  }
  if (status === 301 || (status === 400 && thrown.region !== undefined)) {
    const right = thrown.region ?? 'the bucket’s region'
    return { code: 'config', what: `it is in another region: set ${place}.region to ${right}` }
  }
  if (status === 401 || status === 403) {
    const kms = needs.includes('PutObject')
      ? '; with a KMS key also kms:GenerateDataKey, kms:Decrypt'
      : ''
    return { code: 'forbidden', what: `not allowed (${shown}): the identity needs ${needs}${kms}` }
  }
  if (status === 404) {
    return { code: 'not-found', what: `not found (${shown}): check ${place}.bucket and endpoint` }
  }
  if (status === 409) return { code: 'server', what: `another write is under way (${shown})` }
  if (status === 429 || status === 503) {
    return { code: 'server', what: `it asks for less (${shown}); waits`, retryAfter: slowDown }
  }
  if (status >= 500) return { code: 'server', what: `the service failed (${shown}); waits` }
  // An error that came with 200, as to CompleteMultipartUpload.
  if (status < 300) return { code: 'server', what: `an error came after all (${shown})` }
  return { code: 'bad-request', what: `the request was refused with ${status} (${shown})` }
}

function ofNetwork({ name, message, code, untrusted }: Thrown, { place }: Attempt): Meaning {
  const why = shown200(code === '' || message.includes(code) ? message : `${code}: ${message}`)
  const check = `check ${place}.endpoint, proxy and firewalls`
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return { code: 'dns', what: `no address is found (${why}): ${check} and the name server` }
  }
  if (name === 'TimeoutError' || code === 'ETIMEDOUT') {
    return {
      code: 'timeout',
      what: `no answer in time (${why}): ${check}, or raise ${place}.timeout`,
    }
  }
  if (isOfTls(code)) return { code: 'tls', what: tlsMeaning(code, why, place, untrusted) }
  if (name === 'AbortError') return { code: 'lost', what: 'stopped' }
  const network = /^E[A-Z]+$/.test(code) || /socket|network|hang up/i.test(message)
  return { code: network ? 'network' : 'bad-answer', what: `the request failed (${why}): ${check}` }
}

function readThrown(thrown: unknown): Thrown {
  const given = (thrown instanceof Error ? thrown : new Error(String(thrown))) as Error & {
    code?: unknown
    $metadata?: { httpStatusCode?: number }
    $response?: { statusCode?: number; headers?: Record<string, string> }
    Region?: unknown
    errors?: (Error & { code?: unknown })[]
  }
  // Several addresses were tried: the first stands for all.
  const code = given.code ?? given.errors?.[0]?.code
  const region = given.$response?.headers?.['x-amz-bucket-region'] ?? given.Region
  return {
    name: given.name,
    message: given.message || (given.errors?.[0]?.message ?? ''),
    code: typeof code === 'string' ? code : '',
    status: given.$metadata?.httpStatusCode ?? given.$response?.statusCode,
    region: typeof region === 'string' ? region : undefined,
    untrusted: untrustedBy(given),
  }
}

function shown200(text: string): string {
  return shorten(printable(text), 200)
}
