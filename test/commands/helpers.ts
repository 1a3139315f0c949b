/**
 * A configuration with a spool, for the commands that reach one; nobody runs on it unless `run` is
 * asked to. What a command prints is kept.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { readConfiguration } from '../../src/commands/configuration.ts'
import { openOperations } from '../../src/commands/local-spool.ts'
import { startControl } from '../../src/control/server.ts'
import type { LmdbSpool } from '../../src/spool/spool.ts'
import { openAt } from '../spool/helpers.ts'

export interface Place {
  /** Of the configuration. */
  config: string
  /** Of the spool. */
  folder: string
  /** Runs on the spool from now on, as an appliance does, until the test ends. */
  run(): Promise<void>
}

/** `activity` and `alerts` are read, `siem` is sent to; `fill` puts something into the spool. */
export async function placeFor(
  t: Test,
  fill: (spool: LmdbSpool) => Promise<void> = async () => {},
): Promise<Place> {
  // A socket's name has room for 107 bytes: more than tap's folders leave.
  const root = await mkdtemp(join(tmpdir(), 'cefline-'))
  t.teardown(() => rm(root, { recursive: true }))
  const folder = join(root, 'data')
  const config = join(root, 'cefline.json')
  const api = {
    type: 'netwrix-api',
    url: 'https://127.0.0.1:1',
    username: 'u',
    password: 'hunter2',
  }
  const sources = { activity: api, alerts: { type: 'netwrix-alerts', folder: join(root, 'drop') } }
  const destinations = { siem: { type: 'file', path: join(root, 'out.cef') } }
  // Not the usual address, where the tests of another checkout may be.
  const status = { listen: '127.0.0.1:0' }
  await writeFile(config, JSON.stringify({ spool: { folder }, status, sources, destinations }))
  const queues = ['activity', 'alerts', 'retry:siem']
  const spool = await openAt(folder, { queues, destinations: new Map([['siem', queues]]) })
  await fill(spool)
  await spool.close()
  const run = async () => {
    const operations = await openOperations(readConfiguration(config))
    const notice = (message: string) => t.fail(message)
    const server = await startControl({ folder, operations, notice })
    t.teardown(async () => {
      await server.close()
      await operations.close()
    })
  }
  return { config, folder, run }
}

/** What the command printed, and its exit code. */
export async function printed(
  t: Test,
  command: () => Promise<number>,
): Promise<{ code: number; text: string; errors: string }> {
  const log = t.capture(console, 'log')
  const errors = t.capture(console, 'error')
  try {
    const code = await command()
    const joined = (all: ReturnType<typeof log>) => all.map(({ args }) => args.join(' ')).join('\n')
    return { code, text: joined(log()), errors: joined(errors()) }
  } finally {
    log.restore()
    errors.restore()
  }
}
