import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { Negotiate } from '../../../src/netwrix/auth/negotiate.ts'
import { startKdc } from '../../helpers/kdc.ts'
import { findProgram, needs } from '../../helpers/peers.ts'

const run = promisify(execFile)
const hasKerberos = existsSync(new URL(import.meta.resolve('kerberos')))
const needed = hasKerberos
  ? needs('krb5kdc', 'kdb5_util', 'kadmin.local')
  : { skip: 'the package kerberos is not installed' }

t.test(
  'a key that the realm refuses is shown once, until the keytab is another',
  needed,
  async (t) => {
    const before = process.env['KRB5_CONFIG']
    const kdc = await startKdc(t)
    const env = { ...process.env, ...kdc.environment }
    process.env['KRB5_CONFIG'] = kdc.environment['KRB5_CONFIG']
    t.teardown(() => {
      if (before === undefined) delete process.env['KRB5_CONFIG']
      else process.env['KRB5_CONFIG'] = before
    })
    const admin = async (query: string) => {
      const program = findProgram('kadmin.local') ?? 'kadmin.local'
      return (await run(program, ['-r', kdc.realm, '-q', query], { env })).stdout
    }
    await kdc.keytab('HTTP/localhost')
    const stale = join(kdc.folder, 'stale')
    await copyFile(await kdc.keytab('restless'), stale)
    const fresh = await kdc.keytab('restless')
    await admin('modprinc +requires_preauth restless')
    const failures = async () => {
      const said = await admin('getprinc restless')
      return Number(/Failed password attempts: (\d+)/.exec(said)?.[1])
    }
    const ticket = () =>
      new Negotiate({
        username: 'restless',
        host: 'localhost',
        place: 'https://localhost',
        tickets: { keytab: stale, credentialCache: null },
      }).prepare()
    for (const time of ['once', 'and again', 'and again']) {
      await t.rejects(
        ticket(),
        {
          code: 'unauthorized',
          retryAfter: 35 * 60_000,
          message:
            /^https:\/\/localhost: no Kerberos ticket of restless .*failed.*make the keytab anew/i,
        },
        time,
      )
      // The library itself asks the realm twice.
      t.equal(await failures(), 2)
    }
    await copyFile(fresh, stale)
    await ticket()
  },
)
