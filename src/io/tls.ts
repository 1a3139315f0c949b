/**
 * TLS options as the user writes them, shared by everything that opens a TLS connection: the files
 * behind them are read and proved here, so that a wrong path or a key of another certificate is an
 * error with a name and not OpenSSL's. A configuration's files are read once: a certificate that was
 * renewed on disk comes with the reload that it causes.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { TLSSocket } from 'node:tls'
import { error } from '../error.ts'

export interface TlsOptions {
  ca: string | null
  cert: string | null
  key: string | null
  servername: string | null
  fingerprint: string | null
  minVersion: 'TLSv1.2' | 'TLSv1.3'
  verify: boolean
}

/** Convict schema of the group `tls`. */
export const tlsSchema = {
  ca: {
    doc: 'PEM file (or PEM text) of the authorities to trust instead of the system’s own.',
    format: 'text?',
    default: null as string | null,
  },
  cert: {
    doc: 'PEM file (or PEM text) of the client certificate, followed by its intermediates.',
    format: 'text?',
    default: null as string | null,
  },
  key: {
    doc: 'PEM file (or PEM text) of the client certificate’s private key, without a passphrase.',
    format: 'text?',
    default: null as string | null,
    sensitive: true,
  },
  servername: {
    doc: 'Name or address that the peer’s certificate must carry, when it is not the url’s host.',
    format: 'text?',
    default: null as string | null,
  },
  fingerprint: {
    doc: 'SHA-256 fingerprint of the peer’s certificate; it replaces the chain and name checks.',
    format: 'text?',
    default: null as string | null,
  },
  minVersion: {
    doc: 'Oldest TLS version that is accepted.',
    format: ['TLSv1.2', 'TLSv1.3'],
    default: 'TLSv1.2',
  },
  verify: {
    doc: 'Whether the peer’s certificate is checked at all; false is for trials only.',
    format: 'flag',
    default: true,
  },
}

/** What `tls.createSecureContext` and undici's `connect` take, as PEM text. */
export interface TlsFiles {
  ca?: string
  cert?: string
  key?: string
}

/**
 * Reads and proves the files behind the options. `place` is the group's path in the configuration,
 * such as `destinations.siem.tls`; errors have the code `config` and name the option.
 */
export async function readTls(options: TlsOptions, place: string): Promise<TlsFiles> {
  if (options.fingerprint !== null) readFingerprint(options.fingerprint, `${place}.fingerprint`)
  const files: TlsFiles = {}
  if (options.ca !== null) {
    files.ca = await readPem(options.ca, `${place}.ca`)
    certificatesOf(files.ca, `${place}.ca`)
  }
  if (options.cert === null && options.key === null) return files
  if (options.cert === null || options.key === null) {
    const [set, missing] = options.cert === null ? ['key', 'cert'] : ['cert', 'key']
    throw error('config', `${place}.${set} is set but ${place}.${missing} is not: set both`)
  }
  files.cert = await readPem(options.cert, `${place}.cert`)
  files.key = await readPem(options.key, `${place}.key`)
  const [certificate] = certificatesOf(files.cert, `${place}.cert`)
  if (certificate?.checkPrivateKey(privateKeyOf(files.key, `${place}.key`)) !== true) {
    throw error(
      'config',
      `${place}.key does not belong to the first certificate of ${place}.cert ` +
        `(${nameOf(certificate)}): give the key it was made with, and put that certificate first`,
    )
  }
  return files
}

const seen = new WeakMap<TLSSocket, X509Certificate>()

/**
 * The peer's certificate, as often as it is asked for. On Node 20 `getPeerX509Certificate` takes it
 * out of the connection: a client that asks again, by that or by `getPeerCertificate`, has none.
 */
export function peerCertificate(socket: TLSSocket): X509Certificate | undefined {
  const certificate = seen.get(socket) ?? socket.getPeerX509Certificate()
  if (certificate) seen.set(socket, certificate)
  return certificate
}

/**
 * Compares the peer's certificate with a pinned SHA-256 fingerprint: undefined when it is the one.
 * The connection must have been made without session resumption, as a resumed session may show no
 * certificate; that too is an error here.
 */
export function checkFingerprint(socket: TLSSocket, expected: string): Error | undefined {
  const wanted = readFingerprint(expected, 'tls.fingerprint')
  const shown = peerCertificate(socket)?.fingerprint256
  if (shown === undefined) {
    return error('tls', 'The peer showed no certificate to compare with tls.fingerprint')
  }
  if (shown.replaceAll(':', '') === wanted) return undefined
  return error(
    'tls',
    `The peer’s certificate has the SHA-256 fingerprint ${shown}, not the pinned ` +
      `${withColons(wanted)}: if the certificate was renewed, set tls.fingerprint to the new one`,
  )
}

/** The certificates of a PEM text, in order; an error of code `config` when there is none. */
export function certificatesOf(pem: string, place: string): X509Certificate[] {
  const parts = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []
  if (parts.length === 0) {
    throw error('config', `${place} holds no PEM certificate (-----BEGIN CERTIFICATE-----)`)
  }
  return parts.map((part, index) => {
    try {
      return new X509Certificate(part)
    } catch (cause) {
      throw error(
        'config',
        `${place}: certificate ${index + 1} of ${parts.length} is damaged: export it again as PEM`,
        { cause },
      )
    }
  })
}

/** Accepts the forms that openssl and browsers print: colons, spaces, case, `SHA256 Fingerprint=`. */
function readFingerprint(text: string, place: string): string {
  const digits = text
    .replace(/^\s*sha-?256(?:\s+fingerprint)?\s*[=:]\s*/i, '')
    .replace(/[:\s]/g, '')
  if (/^[0-9a-f]{64}$/i.test(digits)) return digits.toUpperCase()
  throw error(
    'config',
    `${place} is “${text}”, which is no SHA-256 fingerprint: give its 64 hexadecimal digits, ` +
      'as printed by openssl x509 -noout -fingerprint -sha256 -in certificate.pem',
  )
}

async function readPem(value: string, place: string): Promise<string> {
  if (value.includes('-----BEGIN')) return value
  try {
    return await readFile(value, 'utf8')
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? String(cause)
    // The value may be a key whose PEM armour was lost on the way: it is shown only as a path.
    const shown = value.length <= 255 && !value.includes('\n') ? value : 'a long text'
    throw error('config', `${place}: cannot read ${shown} (${why}): give a readable PEM file`, {
      cause,
    })
  }
}

function privateKeyOf(pem: string, place: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch (cause) {
    const cure = /ENCRYPTED/.test(pem)
      ? 'is locked with a passphrase: store it without one (openssl pkey -in … -out …)'
      : 'holds no PEM private key (-----BEGIN PRIVATE KEY-----)'
    throw error('config', `${place} ${cure}`, { cause })
  }
}

function nameOf(certificate: X509Certificate | undefined): string {
  return certificate?.subject.replaceAll('\n', ', ') ?? 'none'
}

function withColons(digits: string): string {
  return (digits.match(/../g) ?? []).join(':')
}
