/**
 * The appliance as it ships, with something to see on its page: activity records that keep coming,
 * alerts of which some are no good, a SIEM over TLS, an archive, and an hour and a day behind it.
 */
import { readFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startCefline } from './cefline.ts'
import { makeAuthority } from './certificates.ts'
import { eventually } from './daemon.ts'
import { startIntegrationApi } from './integration-api.ts'
import type { ActivityRecordJson } from './activity-records.ts'
import { startSink } from './sink.ts'

export interface PageAppliance {
  url: string
  token: string
  /** That many activity records more. */
  add(count: number): void
  stop(): Promise<unknown>
}

const people = ['anna.keller', 'svc-backup', 'm.okafor', 'j.tanaka', 'Administrator', 'l.moreau']
const things = [
  'Users\\Finance\\Marc Weber',
  'Groups\\Domain Admins',
  'Shares\\Payroll\\2026-11.xlsx',
  'Computers\\WS-0147',
  'Mailboxes\\board@enterprise.example',
]

/** The record with names that a reader knows the like of. */
function named(record: ActivityRecordJson, index: number): ActivityRecordJson {
  return {
    ...record,
    Who: `ENTERPRISE\\${people[(index * 7) % people.length]}`,
    What: `\\local\\enterprise\\${things[(index * 3) % things.length]}`,
    Where: `dc${(index % 3) + 1}.enterprise.example`,
  }
}

/** Stopped with the test. `folder`: empty, for all of its files. */
export async function startPageAppliance(
  t: { teardown(end: () => unknown): void },
  folder: string,
): Promise<PageAppliance> {
  const token = 'a-token-of-the-tests'
  const api = await startIntegrationApi({ records: 6, step: 150, change: named })
  t.teardown(() => api.close())
  const authority = await makeAuthority(folder, 'Example CA')
  const server = await authority.sign('sensor.example.com', { san: 'DNS:localhost', days: 212 })
  const sink = await startSink(t, {
    tls: { cert: readFileSync(server.cert), key: readFileSync(server.key) },
  })
  t.teardown(() => sink.stop())
  mkdirSync(join(folder, 'drop'))
  mkdirSync(join(folder, 'data'), { mode: 0o700 })
  writeFileSync(join(folder, 'data', 'history.json'), JSON.stringify(history(Date.now())))
  writeFileSync(join(folder, 'ca.pem'), api.ca)
  const configuration = {
    status: { listen: '127.0.0.1:0', token },
    spool: { folder: './data', reserve: 0, maxBytes: '10MB' },
    sources: {
      alerts: { type: 'netwrix-alerts', folder: './drop', timezone: 'UTC' },
      activity: {
        type: 'netwrix-api',
        url: api.url.replace('127.0.0.1', 'localhost'),
        username: api.username,
        password: api.password,
        interval: '300ms',
        tls: { ca: './ca.pem' },
      },
    },
    destinations: {
      siem: {
        type: 'syslog',
        url: `tls://localhost:${sink.port}`,
        hostname: 'cefline',
        receiver: 'usm-anywhere',
        receiptEvery: '1s',
        tls: { ca: authority.cert },
      },
      archive: { type: 'file', path: './archive.cef' },
    },
  }
  writeFileSync(join(folder, 'cefline.yaml'), JSON.stringify(configuration))
  const running = startCefline(t, { cwd: folder, env: { OWN_EVENTS: 'true' } })
  const url = await eventually(
    async () => /http:\/\/127\.0\.0\.1:\d+\//.exec(running.stderr() + running.stdout())?.[0],
    () => `no status page:\n${running.stderr()}${running.stdout()}`,
  )
  return { url, token, add: (count) => api.add(count), stop: () => running.stop() }
}

/** As the appliance keeps it (`telemetry/history.ts`): working hours with a quiet night. */
function history(now: number): object {
  const rows = (step: number, steps: number) => {
    return Array.from({ length: steps }, (_, offset) => {
      const index = Math.floor(now / step) - steps + offset
      const minutes = (index * step) / 60_000
      const swing = 1 + 0.45 * Math.sin(minutes / 7) + 0.2 * Math.sin(minutes / 2.3 + 1)
      const daily = step > 60_000 ? 0.55 + 0.45 * Math.sin((minutes / 720) * Math.PI) : 1
      const rate = 5.5 * swing * daily
      const peak = Math.max(0, Math.sin(minutes / 11) - 0.8) * 5
      return {
        index,
        covered: step,
        sources: { alerts: 0.4 * swing, activity: rate, cefline: 0.003 },
        destinations: {
          siem: [
            Math.max(0, rate + 0.4 * swing - peak),
            8 + 60 * peak,
            850 + 300 * swing + 900 * peak,
          ],
          archive: [rate + 0.4 * swing, 2 + 3 * swing, 60 + 40 * swing],
        },
      }
    })
  }
  return { version: 1, hour: rows(10_000, 358), day: rows(120_000, 718) }
}
