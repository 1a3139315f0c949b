/**
 * The whole chain with real parts: a real drop folder and a stand-in Integration API (the product
 * cannot be had here), the appliance as it ships, and a real syslog-ng over TLS. It is killed with
 * -9 in the middle, more than once, while files go on being dropped.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { makeAuthority } from '../helpers/certificates.ts'
import { startCefline } from '../helpers/cefline.ts'
import { startIntegrationApi } from '../helpers/integration-api.ts'
import { needs } from '../helpers/peers.ts'
import { startSyslogNg } from '../helpers/syslog-ng.ts'

const files = 50
const rowsPerFile = 100
const records = 5000
const expected = files * rowsPerFile + records

const header = ['When', 'Who', 'Action', 'Object Type', 'What', 'Where', 'Data source', 'Details']

/** Every tenth row is like the one before it but for nothing: two events all the same. */
function alertFile(file: number): string {
  const rows = Array.from({ length: rowsPerFile }, (_, row) => {
    const who = `ENTERPRISE\\alert-${file}-${row - (row % 10 === 9 ? 1 : 0)}`
    const details = `"line one of ${row}\nline = two | ""quoted"""`
    const when = `2026-11-${String((file % 20) + 1).padStart(2, '0')}T10:00:00Z`
    return [when, who, 'Modified', 'group', '\\local\\x', 'dc1', 'Active Directory', details]
  })
  return [header, ...rows].map((cells) => cells.join('\t')).join('\r\n')
}

/** Dropped as the response action does: under a temporary name, then renamed. */
function drop(folder: string, file: number): void {
  const name = join(folder, `alert-${file}.csv`)
  writeFileSync(`${name}.tmp`, alertFile(file))
  renameSync(`${name}.tmp`, name)
}

t.test(
  'killed in the middle, every record is at the SIEM, and none that nobody gave',
  { timeout: 110_000, ...needs('syslog-ng', 'openssl') },
  async (t) => {
    const folder = t.testdir({ drop: {}, certificates: {} })
    mkdirSync(join(folder, 'drop'), { recursive: true })
    const authority = await makeAuthority(join(folder, 'certificates'))
    const server = await authority.sign('sensor', { san: 'IP:127.0.0.1' })
    const siem = await startSyslogNg(t, {
      transport: 'tls',
      framing: 'octet-counting',
      tls: { server },
    })
    const api = await startIntegrationApi({ records })
    t.teardown(() => api.close())
    writeFileSync(join(folder, 'password'), `${api.password}\n`)
    writeFileSync(
      join(folder, 'cefline.yaml'),
      JSON.stringify({
        status: { listen: '127.0.0.1:0' },
        sources: {
          alerts: { type: 'netwrix-alerts', folder: './drop' },
          activity: {
            type: 'netwrix-api',
            url: api.url,
            username: api.username,
            password: '${file:./password}',
            pageSize: 100,
            interval: '1s',
            tls: { fingerprint: api.fingerprint },
          },
        },
        destinations: {
          siem: {
            type: 'syslog',
            url: `tls://127.0.0.1:${siem.port}`,
            hostname: 'cefline',
            tls: { ca: authority.cert },
          },
        },
      }),
    )
    for (let file = 0; file < 20; file += 1) drop(join(folder, 'drop'), file)

    let said = ''
    for (const enough of [1500, 4000, 7000]) {
      const running = startCefline(t, { cwd: folder })
      await Promise.race([siem.messages(enough), running.said(/will never be said/)])
      await running.stop('SIGKILL')
      said += running.stdout() + running.stderr()
      const from = enough === 1500 ? 20 : enough === 4000 ? 30 : 40
      for (let file = from; file < from + 10; file += 1) drop(join(folder, 'drop'), file)
    }
    const running = startCefline(t, { cwd: folder })
    const ids = async () => {
      const messages = await siem.messages()
      const alerts = messages.flatMap(({ MSG }) => {
        const id = /deviceFacility=Netwrix Auditor alert/.test(MSG) && /externalId=(\S+)/.exec(MSG)
        return id ? [id[1]!] : []
      })
      const activity = messages.flatMap(({ MSG }) => {
        const id = /Auditor activity record/.test(MSG) && /externalId=(\S+)/.exec(MSG)
        return id ? [id[1]!] : []
      })
      return { messages, alerts, activity }
    }
    let seen = await ids()
    while (new Set([...seen.alerts, ...seen.activity]).size < expected) {
      await new Promise((resolve) => setTimeout(resolve, 200))
      seen = await ids()
    }
    await new Promise((resolve) => setTimeout(resolve, 1500))
    t.equal(await running.stop(), 0)
    seen = await ids()
    said += running.stdout() + running.stderr()

    t.equal(new Set(seen.alerts).size, files * rowsPerFile, 'every alert, alike or not')
    t.strictSame(
      [...new Set(seen.activity)].sort(),
      api.records.map(({ RID }) => RID?.slice(17)).sort(),
      'every activity record, and no other',
    )
    const payloads = new Map<string, string>()
    let different = 0
    for (const { MSG } of seen.messages) {
      const id = /externalId=(\S+)/.exec(MSG)?.[1] ?? MSG
      if ((payloads.get(id) ?? MSG) !== MSG) different += 1
      payloads.set(id, MSG)
    }
    t.equal(different, 0, 'what came twice came the same')
    t.equal(payloads.size, expected, 'and nothing came that nobody gave')
    t.notMatch(said, new RegExp(api.password.replace(/[+/=:]/g, '\\$&')), 'no password in the log')
    const duplicates = seen.messages.length - expected
    t.comment(`${expected} records, 3 kills, ${duplicates} sent twice`)
  },
)
