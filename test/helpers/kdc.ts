/**
 * A real Kerberos KDC (MIT's krb5kdc) with a realm, accounts and files of its own in a temporary
 * folder, on a loopback port. Nothing of the machine's own Kerberos configuration is read.
 */
import { execFile } from 'node:child_process'
import { chmod, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort, makeFolder, startDaemon } from './daemon.ts'
import type { Stoppable } from './daemon.ts'
import { findProgram } from './peers.ts'

const run = promisify(execFile)

export interface Kdc {
  realm: string
  /** KRB5_CONFIG for whoever is to use it. */
  environment: Record<string, string>
  folder: string
  /** Makes a principal with a random key, or another key for one that is there, and a keytab of it;
   * the keytab's path. */
  keytab(principal: string): Promise<string>
  /** Gets a ticket by a keytab into a credential cache; the cache's name. */
  ticket(principal: string, keytab: string): Promise<string>
}

export async function startKdc(t: Stoppable): Promise<Kdc> {
  const folder = await makeFolder(t, 'kdc')
  await chmod(folder, 0o755)
  const realm = 'ENTERPRISE.TEST'
  const port = await freePort()
  const config = join(folder, 'krb5.conf')
  const environment = { KRB5_CONFIG: config, KRB5_KDC_PROFILE: join(folder, 'kdc.conf') }
  await writeFile(
    config,
    `[libdefaults]
default_realm = ${realm}
dns_lookup_kdc = false
dns_lookup_realm = false
dns_canonicalize_hostname = false
rdns = false
udp_preference_limit = 1
[realms]
${realm} = {
  kdc = 127.0.0.1:${port}
}
[domain_realm]
localhost = ${realm}
`,
  )
  await writeFile(
    join(folder, 'kdc.conf'),
    `[kdcdefaults]
kdc_listen = 127.0.0.1:${port}
kdc_tcp_listen = 127.0.0.1:${port}
[realms]
${realm} = {
  database_name = ${folder}/principal
  key_stash_file = ${folder}/stash
  acl_file = ${folder}/acl
}
`,
  )
  const tool = async (name: string, ...args: string[]) => {
    const env = { ...process.env, ...environment }
    await run(findProgram(name) ?? name, args, { env })
  }
  await tool('kdb5_util', 'create', '-s', '-r', realm, '-P', 'master')
  await startDaemon(t, {
    program: findProgram('krb5kdc') ?? 'krb5kdc',
    args: ['-n', '-r', realm],
    port,
    udp: false,
    environment,
  })
  const known = new Set<string>()
  return {
    realm,
    environment,
    folder,
    async keytab(principal) {
      const path = join(folder, `${principal.replaceAll('/', '-')}.keytab`)
      if (!known.has(principal)) {
        await tool('kadmin.local', '-r', realm, 'addprinc', '-randkey', principal)
        known.add(principal)
      }
      await rm(path, { force: true })
      await tool('kadmin.local', '-r', realm, 'ktadd', '-k', path, principal)
      await chmod(path, 0o644)
      return path
    },
    async ticket(principal, keytab) {
      const cache = `FILE:${join(folder, `${principal}.cache`)}`
      await tool('kinit', '-k', '-t', keytab, '-c', cache, principal)
      return cache
    },
  }
}
