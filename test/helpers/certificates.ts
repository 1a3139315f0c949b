/**
 * Certificates for tests, made by the `openssl` program: an authority, certificates it has signed,
 * and ones that are wrong in one way each. Nothing is kept between runs.
 */
import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Paths of PEM files. */
export interface Certificate {
  cert: string
  key: string
}

export interface Authority extends Certificate {
  /** Signs a certificate; `san` as openssl writes it: `DNS:name`, `IP:127.0.0.1`. */
  sign(name: string, options?: { san?: string; days?: number }): Promise<Certificate>
}

/** A new authority whose files, and those it signs, are in `folder`. */
export async function makeAuthority(folder: string, name = 'Test CA'): Promise<Authority> {
  const stem = name.replaceAll(' ', '-')
  const authority = paths(folder, stem)
  await openssl(
    ...['req', '-x509', ...newKey, '-keyout', authority.key, '-out', authority.cert],
    ...['-subj', `/CN=${name}`, '-days', '30', '-addext', 'keyUsage=critical,keyCertSign'],
  )
  let serial = 1000
  return {
    ...authority,
    async sign(subject, { san = 'IP:127.0.0.1', days = 30 } = {}) {
      serial += 1
      const signed = paths(folder, `${stem}-${subject}-${serial}`)
      const extensions = `${signed.cert}.ext`
      await writeFile(extensions, `subjectAltName=${san}\nkeyUsage=critical,digitalSignature\n`)
      const request = `${signed.cert}.csr`
      await openssl(
        ...['req', ...newKey, '-keyout', signed.key, '-out', request, '-subj', `/CN=${subject}`],
      )
      // -1 days: it ended before it began, so that it has expired.
      await openssl(
        ...['x509', '-req', '-in', request, '-CA', authority.cert, '-CAkey', authority.key],
        ...['-set_serial', String(serial), '-days', String(days), '-extfile', extensions],
        ...['-out', signed.cert],
      )
      return signed
    },
  }
}

/** A certificate that signs itself, as products make them at installation. */
export async function makeSelfSigned(folder: string, name: string): Promise<Certificate> {
  const made = paths(folder, `self-signed-${name}`)
  await openssl(
    ...['req', '-x509', ...newKey, '-keyout', made.key, '-out', made.cert],
    ...['-subj', `/CN=${name}`, '-days', '30', '-addext', `subjectAltName=DNS:${name}`],
  )
  return made
}

/** SHA-256, in hexadecimal with colons. */
export function fingerprintOf({ cert }: Certificate): string {
  return new X509Certificate(readFileSync(cert)).fingerprint256
}

/** The file's text. */
export async function pem(path: string): Promise<string> {
  return readFile(path, 'utf8')
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-sha256']

function paths(folder: string, stem: string): Certificate {
  return { cert: join(folder, `${stem}.pem`), key: join(folder, `${stem}.key`) }
}

async function openssl(...args: string[]): Promise<void> {
  await run('openssl', args)
}
