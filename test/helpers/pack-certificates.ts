/**
 * Certificates as a page of `integrations/` has them made and put in their place: its own commands are
 * run, in a folder of the test instead of the system's.
 */
import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { TlsOptions } from '../../src/io/tls.ts'
import { replaced } from './pack-daemon.ts'
import { blocksOf } from './packs.ts'

const run = promisify(execFile)

export interface PackCertificates {
  /** Cefline's side: the page's `tls`, for a server by the page's name at another address. */
  tls: Partial<TlsOptions>
  /** The receiver's folder, which stands for the page's. */
  there: string
}

/**
 * Runs the page's two blocks, the one that makes the files and the one that copies them to `system`
 * (`/etc/…/tls`), and maps the paths that the page's destination has to what was made.
 */
export async function certificatesOf(
  page: string,
  folder: string,
  { system, name, options }: { system: string; name: string; options: { tls: TlsOptions } },
): Promise<PackCertificates> {
  const made = join(folder, 'made')
  const there = join(folder, 'there')
  await mkdir(made)
  const [make = '', copy = ''] = blocksOf(page, 'sh')
  await run('sh', ['-e', '-c', make], { cwd: made })
  await run('sh', ['-e', '-c', replaced(copy, { [system]: there })], { cwd: made })
  const here = (path: string | null) => path?.replace('/etc/cefline', made) ?? null
  const { ca, cert, key } = options.tls
  return { tls: { ca: here(ca), cert: here(cert), key: here(key), servername: name }, there }
}
