/**
 * An appliance within the test's own process: its configuration file in a folder of its own, watched
 * every few milliseconds, and its log as objects.
 */
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { Reload } from '../../src/app/reload.ts'
import { App } from '../../src/app.ts'
import { tables } from '../../src/components.ts'
import { loadConfiguration } from '../../src/config/load.ts'
import type { Status } from '../../src/status/status.ts'
import { createLog } from '../../src/telemetry/log.ts'
import { eventually } from './daemon.ts'
import { startIntegrationApi } from './integration-api.ts'
import type { IntegrationApi } from './integration-api.ts'

export interface Appliance {
  folder: string
  app: App
  /** Resolves when `App.start` does. */
  started: Promise<void>
  /** Puts the configuration into its file. */
  write(configuration: object | string): void
  /** As SIGHUP does; resolves when the configuration was taken over or refused. */
  reload(): Promise<void>
  /** Every line that was logged. */
  log(): string[]
  /** Resolves when a line matches that was logged after the last one that was waited for. */
  said(pattern: RegExp): Promise<string>
  status(): Promise<Status>
  /** Resolves when every line in the spool has its receipts. */
  delivered(): Promise<void>
  get(path: string, headers?: Record<string, string>): Promise<Response>
  /** The value of a metric, by its name with the labels. */
  metric(name: string): Promise<string | undefined>
}

export interface Place {
  teardown(end: () => unknown): void
  testdir(): string
}

/**
 * Starts one, stopped at the test's end. Without a configuration it has the environment's; without
 * `watched` its files are not looked at.
 */
export function startAppliance(
  t: Place,
  configuration: object | undefined,
  options: { watched?: boolean; folder?: string; env?: Record<string, string> } = {},
): Appliance {
  const { watched = true, folder = t.testdir(), env = {} } = options
  const path = join(folder, 'cefline.json')
  const write = (value: object | string) => {
    writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value))
  }
  if (configuration) write(withDefaults(configuration, folder))
  const read = (files: Set<string>) => {
    const file = configuration ? { path } : { system: join(folder, 'none') }
    const surroundings = { env: { OWN_EVENTS: 'false', ...env }, cwd: folder, files }
    return loadConfiguration({ ...file, tables, ...surroundings })
  }
  const output = new PassThrough()
  const lines: string[] = []
  let heard = 0
  output.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().split('\n').filter(Boolean)) {
      lines.push((JSON.parse(line) as { msg: string }).msg)
    }
  })
  const first = read(new Set())
  const app = new App(first, createLog({ level: 'debug', format: 'json' }, output))
  const ending = new AbortController()
  const reload = new Reload({
    app,
    configuration: first,
    read,
    signal: ending.signal,
    interval: 15,
  })
  const started = app.start()
  started.catch(() => {})
  if (watched) void reload.watch()
  t.teardown(async () => {
    ending.abort()
    await app.stop()
  })
  const said = async (pattern: RegExp) => {
    for (;;) {
      const found = lines.findIndex((line, index) => index >= heard && pattern.test(line))
      if (found >= 0) {
        heard = found + 1
        return lines[found] ?? ''
      }
      await once(output, 'data')
    }
  }
  const get = async (path: string, headers = {}) => {
    const url = await eventually(
      async () => /http:\/\/\S+\//.exec(app.statusPage)?.[0],
      'no status page',
    )
    return fetch(new URL(path, url), { headers })
  }
  const status = async () => (await (await get('/api/status')).json()) as Status
  return {
    folder,
    app,
    started,
    write: (value) => write(typeof value === 'string' ? value : withDefaults(value, folder)),
    reload: () => reload.now(),
    log: () => lines,
    said,
    get,
    status,
    delivered: async () => {
      await eventually(async () => {
        const { destinations } = await status()
        return destinations.every(({ waiting }) => waiting === 0) || undefined
      }, 'lines wait for their receipts')
    },
    metric: async (name) => {
      const text = await (await get('/metrics')).text()
      const line = text.split('\n').find((one) => one.startsWith(`${name} `))
      return line?.slice(name.length + 1)
    },
  }
}

/** The spool beside the file, a status page on any port, and none of Cefline's own events, which would
 * be among the lines that a test counts. */
function withDefaults(configuration: { spool?: object }, folder: string): object {
  return {
    status: { listen: '127.0.0.1:0' },
    own: { events: false },
    ...configuration,
    spool: { folder: join(folder, 'data'), reserve: 0, ...configuration.spool },
  }
}

/** The source's options for a stand-in. */
export const activity = (api: IntegrationApi, more: object = {}) => ({
  type: 'netwrix-api',
  url: api.url,
  username: api.username,
  password: api.password,
  interval: '20ms',
  pageSize: 10,
  tls: { fingerprint: api.fingerprint },
  ...more,
})

export const syslog = (port: number, more: object = {}) => ({
  type: 'syslog',
  url: `tcp://127.0.0.1:${port}`,
  hostname: 'here',
  // Without half-close checkpoints a connection stays the same one.
  receiptEvery: 0,
  receiptAfter: '100ms',
  ...more,
})

export const idsIn = (lines: readonly string[]) =>
  lines.flatMap((line) => /externalId=(\S+)/.exec(line)?.[1] ?? [])

export const linesOf = (path: string) => readFileSync(path, 'utf8').split('\n').filter(Boolean)

/** One source that gives records, one destination that writes them to a file. */
export async function simple(t: Place) {
  const api = await startIntegrationApi({ records: 5 })
  t.teardown(() => api.close())
  const folder = t.testdir()
  const file = join(folder, 'out.log')
  const configuration = {
    sources: { activity: activity(api) },
    destinations: { file: { type: 'file', path: file } },
  }
  const received = (count: number) =>
    eventually(async () => {
      const lines = existsSync(file) ? linesOf(file) : []
      return lines.length >= count ? lines : undefined
    }, `not ${count} lines`)
  return { api, folder, file, configuration, received }
}
