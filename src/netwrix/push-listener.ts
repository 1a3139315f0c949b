/**
 * What `netwrix-push` needs before it can listen: its folder, and its certificate.
 */
import { readdir, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { error } from '../error.ts'
import { makeFolder } from '../io/make-folder.ts'
import { errnoOf } from '../io/regular-file.ts'
import { lackedNames, namesOf, selfSigned } from '../io/self-signed.ts'
import { readTls } from '../io/tls.ts'
import { certificateKind, pushAddress } from './push-options.ts'
import type { Options } from './push-options.ts'
import type { PushServerOptions } from './push-server.ts'

/** Days before its end from which a certificate is talked of. */
const soon = 60

export interface Certificate {
  tls: PushServerOptions['tls']
  /** What it is, for the notice. */
  text: string
  /** What clients will stumble over. */
  warning?: string
}

/** The folder that bodies are written to. */
export function incomingOf(folder: string): string {
  return join(resolve(folder), 'incoming')
}

/** Makes that folder, for Cefline's user alone, and removes what a crash left in it: nobody was told
 * that it is durable. */
export async function openFolder(incoming: string): Promise<void> {
  try {
    await makeFolder(incoming, 0o700)
    const left = (await readdir(incoming)).filter((name) => /\.(?:part|csv)$/.test(name))
    await Promise.all(left.map((name) => unlink(join(incoming, name))))
  } catch (cause) {
    throw folderFailure(dirname(incoming), cause)
  }
}

/** The certificate that these options name; makes one where they say so. */
export async function certificateOf(options: Options, place: string): Promise<Certificate> {
  const { tls, folder, listen } = options
  const { minVersion } = tls
  const kind = certificateKind(options)
  if (kind === 'none') return { tls: undefined, text: 'without TLS' }
  if (kind === 'files') {
    const files = await readFiles(options, place)
    return { tls: { ...files, minVersion }, text: `with the certificate of ${place}.tls.cert` }
  }
  const made = await selfSigned(resolve(folder), tls.names ?? usualNames(listen)).catch(
    (cause: unknown) => {
      throw folderFailure(folder, cause)
    },
  )
  const days = Math.floor((made.notAfter - Date.now()) / 86_400_000)
  const text =
    `with ${made.made ? 'a new certificate that it has just made' : 'the certificate that it made'} itself, ` +
    `for ${namesOf(made.cert).join(', ')}, SHA-256 ${made.fingerprint}, for clients in ${made.path}` +
    (days < soon
      ? `; it ends in ${days} days: remove it from there, and give clients the new one`
      : '')
  const warning = lackedText(made, options, place)
  return {
    ...{ tls: { cert: made.cert, key: made.key, minVersion }, text },
    ...(warning !== undefined && { warning }),
  }
}

/** What the certificate lacks that was made before the names were written, or undefined. It is not
 * made anew by itself, for clients hold it. */
export function lackedText(
  { cert, path }: { cert: string; path: string },
  { tls }: Options,
  place: string,
): string | undefined {
  const lacked = lackedNames(cert, tls.names ?? [])
  if (lacked.length === 0) return undefined
  return (
    `${path} was made before and lacks ${lacked.join(', ')} of ${place}.tls.names; ` +
    'remove certificate-and-key.pem beside it, restart, and give clients the new one'
  )
}

export async function readFiles(
  { tls }: Options,
  place: string,
): Promise<{ cert: string; key: string }> {
  const { cert, key, minVersion } = tls
  const other = { ca: null, servername: null, fingerprint: null, verify: true }
  const files = await readTls({ ...other, cert, key, minVersion }, `${place}.tls`)
  return { cert: files.cert ?? '', key: files.key ?? '' }
}

/** Those by which this machine is likely to be addressed. */
export function usualNames(listen: string): string[] {
  const { host, isLoopback } = pushAddress(listen)
  const any = host === '0.0.0.0' || host === '::'
  const local = isLoopback || any ? ['localhost', '127.0.0.1'] : []
  return [...new Set([hostname(), ...(any ? [] : [host]), ...local])]
}

export function folderFailure(folder: string, cause: unknown): Error {
  const message =
    `${resolve(folder)} cannot be written to (${errnoOf(cause) || String(cause)}); ` +
    'give Cefline’s user that folder, or name another one'
  return error('write-failed', message, { cause })
}
