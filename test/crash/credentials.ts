/**
 * The certificates of a run: an authority, the receiver's certificate and Cefline's, each of which
 * can be renewed. Cefline's is found through a symbolic link that is swapped, as Kubernetes does it.
 */
import { copyFile, mkdir, rename, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { makeAuthority } from '../helpers/certificates.ts'
import type { Authority, Certificate } from '../helpers/certificates.ts'
import { clientName } from './receivers.ts'

export class Credentials {
  readonly #folder: string
  readonly #authority: Authority
  #versions = 0

  static async make(folder: string): Promise<Credentials> {
    await mkdir(folder, { recursive: true })
    const made = new Credentials(folder, await makeAuthority(folder))
    await made.renewClient()
    return made
  }

  private constructor(folder: string, authority: Authority) {
    this.#folder = folder
    this.#authority = authority
  }

  get ca(): string {
    return this.#authority.cert
  }

  /** What Cefline is configured with. */
  get client(): Certificate {
    const current = join(this.#folder, 'current')
    return { cert: join(current, 'tls.crt'), key: join(current, 'tls.key') }
  }

  async signServer(): Promise<Certificate> {
    return this.#authority.sign('siem', { san: 'IP:127.0.0.1' })
  }

  async renewClient(): Promise<void> {
    const signed = await this.#authority.sign(clientName, { san: `DNS:${clientName}` })
    const version = `version-${(this.#versions += 1)}`
    const folder = join(this.#folder, version)
    await mkdir(folder)
    await copyFile(signed.cert, join(folder, 'tls.crt'))
    await copyFile(signed.key, join(folder, 'tls.key'))
    const link = join(this.#folder, 'next')
    await symlink(version, link)
    await rename(link, join(this.#folder, 'current'))
  }
}
