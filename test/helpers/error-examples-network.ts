/**
 * Messages about other machines, provoked: what servers answer, and what the system says of connections.
 */
import {
  explain,
  standstill,
  tlsAlert,
  turnedAway,
  unproven,
} from '../../src/destinations/syslog/failure.ts'
import type { Stage } from '../../src/destinations/syslog/failure.ts'
import type { Target } from '../../src/destinations/syslog/target.ts'
import { asCefline } from '../../src/error.ts'
import { networkError } from '../../src/http/network-error.ts'
import { auditorServer } from '../../src/netwrix/peer.ts'
import { refusal } from '../../src/netwrix/refusal.ts'
import { s3Failure } from '../../src/s3/failure.ts'

export interface Example {
  code: string
  message: string
}

export const api = new URL('https://auditor.example.com:9699')

export function exampleOf(thrown: unknown): Example {
  const { code, message } = asCefline(thrown)
  return { code, message }
}

export function ofHttp(): Example[] {
  const asked = { place: api.href, username: 'EXAMPLE\\siem', show: (text: string) => text }
  const list = (Category: string, Description: string) =>
    JSON.stringify({ ErrorList: [{ Category, Description }] })
  const answers: [status: number, text: string][] = [
    [400, list('ClientError', 'The filter is not valid')],
    [400, ''],
    [401, ''],
    [403, ''],
    [404, ''],
    [429, ''],
    [500, list('ServerError', 'SQL Server cannot be contacted')],
    [504, ''],
    [302, ''],
  ]
  const codes = [
    'ENOTFOUND',
    'ECONNREFUSED',
    'ETIMEDOUT',
    'UND_ERR_HEADERS_TIMEOUT',
    'UND_ERR_BODY_TIMEOUT',
    'ECONNRESET',
  ]
  return [
    ...answers.map(([status, text]) => exampleOf(refusal({ status, headers: {}, text }, asked))),
    ...codes.map((code) => {
      const thrown = Object.assign(new Error('the system’s words'), { code })
      return exampleOf(networkError(thrown, api, auditorServer))
    }),
  ]
}

export function ofBuckets(): Example[] {
  const attempt = {
    place: 'destinations.archive',
    where: 's3://audit at https://s3.eu-central-1.amazonaws.com',
    needs: 's3:PutObject',
  }
  return [
    ['NoSuchBucket', 404],
    ['AccessDenied', 403],
    ['SignatureDoesNotMatch', 403],
    ['RequestTimeTooSkewed', 403],
    ['SlowDown', 503],
  ].map(([name, httpStatusCode]) => {
    const $metadata = { httpStatusCode }
    const thrown = Object.assign(new Error('the service’s words'), { name, $metadata })
    return exampleOf(s3Failure(thrown, attempt))
  })
}

const target = {
  transport: 'tls',
  host: 'sensor.example.com',
  port: 6514,
  url: 'tls://sensor.example.com:6514',
  place: 'destinations.siem',
  timeout: 30_000,
  tls: { cert: null, servername: null, minVersion: 'TLSv1.2' },
} as unknown as Target

const plain: Target = {
  ...target,
  transport: 'tcp',
  port: 514,
  url: 'tcp://sensor.example.com:514',
}

export function ofReceivers(): Example[] {
  const causes: [code: string, stage: Stage][] = [
    ['ECONNREFUSED', 'connecting'],
    ['ENOTFOUND', 'connecting'],
    ['EAI_AGAIN', 'connecting'],
    ['EHOSTUNREACH', 'connecting'],
    ['ETIMEDOUT', 'connecting'],
    ['CERT_HAS_EXPIRED', 'handshake'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'handshake'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'handshake'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'handshake'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'handshake'],
    ['ECONNRESET', 'connected'],
  ]
  return [
    ...causes.map(([code, stage]) => {
      const thrown = Object.assign(new Error('the system’s words'), { code })
      return exampleOf(explain(thrown, target, stage))
    }),
    exampleOf(tlsAlert(plain, Buffer.from([21, 3, 1, 0, 2, 2, 70]))),
    exampleOf(turnedAway(plain, explain(undefined, plain, 'connected'))),
    exampleOf(standstill(target, 'stuck')),
    exampleOf(unproven(target, 'silent', 30_000)),
    exampleOf(unproven(target, 'reset', 30_000)),
  ]
}
