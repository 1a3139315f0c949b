/**
 * Checks a request's signature as S3 does, with the secret: for the stand-in. Source: Amazon S3 API
 * Reference, "Authenticating Requests: Using the Authorization Header (AWS Signature Version 4)".
 */
import { createHash, createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

export interface Keys {
  accessKeyId: string
  secretAccessKey: string
}

/** ms that the signer's clock may be wrong by. */
const mostSkew = 15 * 60_000

const form =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8}\/[^/]+\/s3\/aws4_request), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/

/** S3's code for what is wrong with it; undefined when the signature is right. */
export function signatureFault(request: IncomingMessage, keys: Keys): string | undefined {
  const { method = '', url = '/', headers } = request
  const [, accessKeyId, scope = '', names = '', signature] =
    form.exec(headers.authorization ?? '') ?? []
  if (signature === undefined) return 'AccessDenied'
  if (accessKeyId !== keys.accessKeyId) return 'InvalidAccessKeyId'
  const date = String(headers['x-amz-date'])
  const time = Date.parse(date.replace(/^(....)(..)(..T..)(..)/, '$1-$2-$3:$4:'))
  if (!(Math.abs(Date.now() - time) <= mostSkew)) return 'RequestTimeTooSkewed'
  const signed = names.split(';')
  // What decides over the object must not be changed on the way.
  const must = Object.keys(headers).filter((name) => /^(host$|x-amz-|if-none-match$)/.test(name))
  if (must.some((name) => !signed.includes(name))) return 'AccessDenied'
  const [path = '', query = ''] = url.split('?')
  const canonical = [
    method,
    path,
    canonicalQuery(query),
    ...signed.map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, ' ')}`),
    '',
    names,
    headers['x-amz-content-sha256'],
  ].join('\n')
  const digest = createHash('sha256').update(canonical).digest('hex')
  let key: string | Buffer = `AWS4${keys.secretAccessKey}`
  for (const part of scope.split('/')) key = createHmac('sha256', key).update(part).digest()
  const text = ['AWS4-HMAC-SHA256', date, scope, digest].join('\n')
  const right = createHmac('sha256', key).update(text).digest('hex')
  return right === signature ? undefined : 'SignatureDoesNotMatch'
}

function canonicalQuery(query: string): string {
  const pairs = query.split('&').filter((pair) => pair !== '')
  return pairs
    .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
    .sort()
    .join('&')
}
