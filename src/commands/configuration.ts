/**
 * The configuration that every command reads, the same way as `run`.
 */
import { tables } from '../components.ts'
import { embeddedDefault, loadConfiguration, resolveConfiguration } from '../config/load.ts'
import type { Configuration } from '../config/load.ts'
import { embeddedConfiguration } from '../embedded.ts'
import { error } from '../error.ts'

export { embeddedDefault }

/**
 * Throws `config`, also when there is none and the embedded default is turned off. The files that are
 * looked at are added to `files`, also then.
 */
export function readConfiguration(path: string | undefined, files?: Set<string>): Configuration {
  const { env } = process
  const configuration = loadConfiguration({ path, env, cwd: process.cwd(), tables, files })
  const { origin, sources, destinations } = configuration
  if (origin === embeddedDefault && env['CEFLINE_EMBEDDED_DEFAULT'] !== 'off') return configuration
  const missing = [sources.length === 0 && 'source', destinations.length === 0 && 'destination']
  const names = missing.filter(Boolean).join(' and no ')
  if (names === '') return configuration
  throw error(
    'config',
    `there is no ${names}: mount /etc/cefline/cefline.yaml, or set NETWRIX_URL or DROP_FOLDER, and SYSLOG_URL`,
  )
}

/** The configuration with the embedded default's source and destination, when nothing was found. */
export function withEmbedded(found: Configuration, collectorUrl: string): Configuration {
  if (found.origin !== embeddedDefault) return found
  const value = { ...embeddedConfiguration(collectorUrl), own: { events: found.own.events } }
  const { sources, destinations } = resolveConfiguration(value, { origin: embeddedDefault, tables })
  return { ...found, sources, destinations }
}
