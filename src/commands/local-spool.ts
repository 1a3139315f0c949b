/**
 * A spool on which nobody runs, opened by a command for as long as it takes, with the sources and
 * destinations that the configuration has.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { spoolConfiguration } from '../app/spool.ts'
import { createSource, ownBatch, partOf } from '../components.ts'
import type { Configuration } from '../config/load.ts'
import { hasOwnEvents } from '../config/own.ts'
import type { Notice, StoredReject } from '../core.ts'
import { asCefline, error, isCeflineError } from '../error.ts'
import type { Lines } from '../io/lines.ts'
import { ownSource } from '../io/own-source.ts'
import { printable } from '../io/printable.ts'
import { Operations } from '../operations.ts'
import { openSpool } from '../spool/spool.ts'
import type { LmdbSpool } from '../spool/spool.ts'
import { readStatus } from '../status/status.ts'
import type { Status } from '../status/status.ts'
import { Events } from '../telemetry/events.ts'
import { createLog } from '../telemetry/log.ts'
import { Metrics } from '../telemetry/metrics.ts'
import { OwnEvents } from '../telemetry/own-events.ts'
import { version } from '../version.ts'
import { embeddedDefault } from './configuration.ts'

/** Throws what the spool throws, such as `spool-owner` when an appliance runs on it that cannot be
 * reached. */
export async function openOperations(
  configuration: Configuration,
): Promise<Operations & { close(): Promise<void> }> {
  const own = new OwnEvents()
  own.isRead = hasOwnEvents(configuration)
  const spool = await open(configuration, ({ code, message }) => {
    console.error(printable(message))
    if (code === 'spool-damaged') own.add(code, { message, component: 'spool', code })
  })
  const operations = new Operations({
    spool,
    remap: (source, reject) => remap(configuration, spool, source, reject),
    status: () => statusOf(configuration, spool),
    changed: (kind, details) => own.add(kind, details),
  })
  const close = async () => {
    await operations.idle()
    await keep(own, spool)
    await spool.close()
  }
  return Object.assign(operations, { close })
}

/** What the command has done goes out with the next start. One that finds no room is done all the same. */
async function keep(own: OwnEvents, spool: LmdbSpool): Promise<void> {
  const events = own.rest()
  if (events.length === 0) return
  try {
    await spool.append(ownSource, ownBatch(events))
  } catch (thrown) {
    const { message } = asCefline(thrown)
    console.error(printable(`the SIEM cannot be told of what was done: ${message}`))
  }
}

async function open(
  configuration: Configuration,
  notice: (notice: Notice) => void,
): Promise<LmdbSpool> {
  const { folder, network } = configuration.spool
  try {
    const options = { folder, allowNetwork: network, notice }
    return await openSpool({ ...options, ...spoolConfiguration(configuration) })
  } catch (thrown) {
    if (!isCeflineError(thrown) || thrown.code !== 'spool-owner') throw thrown
    // It was asked before and not there: what runs is starting, is a command, or could not make one.
    if (existsSync(join(folder, 'cefline.sock'))) throw thrown
    throw error(thrown.code, `${thrown.message}; it has no control socket in the folder yet`, {
      cause: thrown,
    })
  }
}

async function remap(
  configuration: Configuration,
  spool: LmdbSpool,
  name: string,
  reject: StoredReject,
): Promise<Lines> {
  const found = configuration.sources.find((source) => source.name === name)
  if (!found) {
    throw error('config', `the configuration has no source "${name}" that could read the record`)
  }
  const source = createSource(found, (id) => spool.remembers(name, id))
  try {
    return await source.remap(reject)
  } finally {
    await source.close()
  }
}

/** Nothing runs, so nothing happens. */
function statusOf(configuration: Configuration, spool: LmdbSpool): Status {
  const { origin, sources, destinations } = configuration
  // The collector of the embedded default has an address only while it runs.
  const hidden = origin === embeddedDefault ? { where: 'not running' } : {}
  return readStatus({
    version,
    configuration: origin,
    startedAt: new Date(),
    folder: configuration.spool.folder,
    sources: sources.map(partOf),
    destinations: destinations.map(partOf).map((part) => ({ ...part, ...hidden })),
    spool,
    events: new Events(createLog({ level: 'silent', format: 'json' }), new Metrics(version)),
  })
}
