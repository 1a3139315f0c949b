/**
 * Days of Netwrix Auditor in the time that the appliance takes for them: polled from a stand-in
 * Integration API (the product cannot be had here), pushed over HTTP and dropped into the folder, all
 * at once, to a real syslog-ng; then every event is looked for.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startCefline } from '../helpers/cefline.ts'
import { freePort } from '../helpers/daemon.ts'
import type { Stoppable } from '../helpers/daemon.ts'
import { startIntegrationApi } from '../helpers/integration-api.ts'
import type { IntegrationApi } from '../helpers/integration-api.ts'
import { startSyslogNg } from '../helpers/syslog-ng.ts'
import { Arrivals } from './arrivals.ts'
import { alert, alertFile, alertsOf, bothOf, polled, polledOf } from './given.ts'
import type { Days } from './given.ts'

const token = 'days-of-netwrix-0123456789'
const rowsPerFile = 1000

export interface Outcome {
  given: { polled: number; pushed: number; dropped: number; both: number }
  /** Events that should be at the receiver, and those that are. */
  due: number
  arrived: number
  missing: number
  twice: number
  /** Lines that are no event that was given. */
  strange: number
  /** Alerts among the arrived. */
  alerts: number
  seconds: number
}

/** Every day by all three ways; `sameAs`: an alert and its record are one event. */
export async function runDays(
  t: Stoppable,
  folder: string,
  given: Days,
  sameAs: boolean,
): Promise<Outcome> {
  const world = await start(t, folder, { change: (_, index) => polled(given, index) }, sameAs)
  const began = performance.now()
  for (let day = 0; day < given.days; day += 1) {
    world.api.add(polledOf(given))
    const half = alertsOf(given) / 2
    for (let from = half; from < alertsOf(given); from += rowsPerFile) {
      const to = Math.min(from + rowsPerFile, alertsOf(given))
      world.drop(`${day}-${from}`, alertFile(given, day, from, to))
    }
    for (let from = 0; from < half; from += rowsPerFile) {
      await world.push(alertFile(given, day, from, Math.min(from + rowsPerFile, half)))
    }
  }
  const due = dueOf(given, sameAs)
  const { arrivals } = world
  await arrivals.until(() => arrivals.lines >= due.size)
  const seconds = (performance.now() - began) / 1000
  // What should not come would come by now.
  await arrivals.until(() => false, 3_000)
  const wanted = (key: string) => due.has(key) || (sameAs && due.has(key.replace(/^\w+/, 'any')))
  const found = [...arrivals.counts.keys()].filter(wanted)
  const days = given.days
  return {
    given: {
      polled: polledOf(given) * days,
      pushed: (alertsOf(given) / 2) * days,
      dropped: (alertsOf(given) / 2) * days,
      both: bothOf(given) * days,
    },
    due: due.size,
    arrived: found.length,
    missing: due.size - new Set(sameAs ? found.map(ridOf) : found).size,
    twice: arrivals.lines - arrivals.strange.length - due.size,
    strange: arrivals.strange.length + arrivals.counts.size - found.length,
    alerts: found.filter((key) => key.startsWith('alert')).length,
    seconds,
  }
}

export interface Urgent {
  /** ms from the push to the line in the receiver's file. */
  milliseconds: number
  /** Records of the backfill that had arrived by then, of how many. */
  before: number
  backlog: number
}

/** One alert pushed while `backlog` polled records are on their way. */
export async function runUrgent(t: Stoppable, folder: string, backlog: number): Promise<Urgent> {
  const given = { days: 1, perDay: backlog * 2 }
  const change = (_: unknown, index: number) => polled(given, index + bothOf(given))
  const world = await start(t, folder, { change, records: backlog }, false)
  const { arrivals } = world
  await arrivals.until(() => arrivals.lines > backlog / 10)
  const key = `alert ${alert(given, 0, 0).RID}`
  const began = performance.now()
  await world.push(alertFile(given, 0, 0, 1))
  await arrivals.until(() => arrivals.counts.has(key))
  const milliseconds = performance.now() - began
  return { milliseconds, before: arrivals.lines, backlog }
}

interface World {
  api: IntegrationApi
  arrivals: Arrivals
  drop(name: string, text: string): void
  push(text: string): Promise<void>
}

async function start(
  t: Stoppable,
  folder: string,
  api: { change: (record: unknown, index: number) => unknown; records?: number },
  sameAs: boolean,
): Promise<World> {
  const [push, drop] = [await freePort(), join(folder, 'drop')]
  mkdirSync(drop, { recursive: true })
  const output = join(folder, 'messages.json')
  const siem = await startSyslogNg(t, { transport: 'tcp', framing: 'octet-counting', output })
  const server = await startIntegrationApi({ records: 0, ...api })
  const arrivals = new Arrivals(output)
  t.teardown(() => arrivals.close())
  t.teardown(() => server.close())
  const { url, username, password } = server
  const joined = sameAs ? { sameAs: 'activity' } : {}
  const tls = { fingerprint: server.fingerprint }
  const destination = { framing: 'octet-counting', format: 'rfc5424', hostname: 'cefline' }
  writeFileSync(
    join(folder, 'cefline.yaml'),
    JSON.stringify({
      status: { listen: '127.0.0.1:0' },
      sources: {
        pushed: { type: 'netwrix-push', listen: `127.0.0.1:${push}`, token, ...joined },
        dropped: { type: 'netwrix-alerts', folder: './drop', ...joined },
        activity: {
          ...{ type: 'netwrix-api', url, username, password, tls },
          ...{ interval: '250ms', since: '0' },
        },
      },
      destinations: {
        siem: { type: 'syslog', url: `tcp://127.0.0.1:${siem.port}`, ...destination },
      },
    }),
  )
  await startCefline(t, { cwd: folder }).said(/sends to|siem/)
  return {
    api: server,
    arrivals,
    // As the response action does: under a temporary name, then renamed.
    drop: (name, text) => {
      const path = join(drop, `alert-${name}.csv`)
      writeFileSync(`${path}.tmp`, text)
      renameSync(`${path}.tmp`, path)
    },
    push: (text) => pushUntilTaken(`http://127.0.0.1:${push}/v1/alerts`, text),
  }
}

/** As Netwrix does: again until the program exits with 0. */
async function pushUntilTaken(url: string, text: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
      body: text,
    }).catch(() => undefined)
    if (answer?.status === 200) {
      await answer.arrayBuffer()
      return
    }
    if (answer && answer.status < 500 && answer.status !== 429) {
      throw new Error(`pushed: ${answer.status} ${await answer.text()}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('pushed 200 times and never taken')
}

/** What should arrive: by kind and RID, or with `sameAs` by RID alone. */
function dueOf(given: Days, sameAs: boolean): Set<string> {
  const due = new Set<string>()
  for (let day = 0; day < given.days; day += 1) {
    for (let index = 0; index < alertsOf(given); index += 1) {
      due.add(`${sameAs ? 'any' : 'alert'} ${alert(given, day, index).RID}`)
    }
  }
  for (let index = 0; index < polledOf(given) * given.days; index += 1) {
    due.add(`${sameAs ? 'any' : 'activity'} ${polled(given, index).RID}`)
  }
  return due
}

function ridOf(key: string): string {
  return key.split(' ')[1] ?? ''
}
