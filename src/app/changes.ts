/**
 * Two configurations side by side: what differs, and what must not while the process runs.
 */
import { isDeepStrictEqual } from 'node:util'
import { createDestination, createSource } from '../components.ts'
import type { Configuration } from '../config/load.ts'
import { error } from '../error.ts'

/** Throws `config` for components that cannot be made. */
export async function makeOnce({ sources, destinations }: Configuration): Promise<void> {
  const made = [
    ...sources.map((source) => createSource(source, () => false)),
    ...destinations.map((destination) => createDestination(destination)),
  ]
  await Promise.all(made.map((component) => component.close()))
}

/** What cannot change under a running process. */
export function refuseRestart(now: Configuration, next: Configuration, isOpen: boolean): void {
  const restart = (what: string, from: string, to: string) =>
    error('config', `${what} would change from "${from}" to "${to}"; that needs a restart`)
  if (now.origin !== next.origin) throw restart('the configuration', now.origin, next.origin)
  if (isOpen && now.spool.folder !== next.spool.folder) {
    throw restart('spool.folder', now.spool.folder, next.spool.folder)
  }
  if (now.log.format !== next.log.format) {
    throw restart('log.format', now.log.format, next.log.format)
  }
}

/** The sections that differ. */
export function differences(now: Configuration, next: Configuration): string[] {
  const sections = ['spool', 'status', 'log', 'own', 'sources', 'destinations'] as const
  return sections.filter((section) => !isDeepStrictEqual(now[section], next[section]))
}
