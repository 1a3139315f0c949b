/**
 * rsyslog and syslog-ng with a file of `integrations/` as it stands there, but for ports and paths,
 * which are put in their place.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually, startDaemon } from './daemon.ts'
import type { Daemon, Stoppable } from './daemon.ts'
import { findProgram, rsyslogModules } from './peers.ts'
import { installation } from './syslog-ng.ts'

/** What is written there, and what stands in its place; every one must be there. */
export type Replacements = Record<string, string>

export function replaced(text: string, replacements: Replacements): string {
  return Object.entries(replacements).reduce((so, [there, here]) => {
    if (!so.includes(there)) throw new Error(`${there} is not in the file`)
    return so.replaceAll(there, here)
  }, text)
}

/** Starts rsyslogd with this configuration beside the folder for its own files. */
export async function rsyslogWith(
  t: Stoppable,
  folder: string,
  port: number,
  configuration: string,
): Promise<Daemon> {
  const path = join(folder, 'rsyslog.conf')
  await writeFile(path, `global(workDirectory="${folder}")\n${configuration}`)
  const daemon = await startDaemon(t, {
    program: findProgram('rsyslogd') ?? 'rsyslogd',
    args: ['-n', '-f', path, '-i', join(folder, 'pid'), '-M', rsyslogModules],
    port,
    udp: false,
  })
  // It starts with what it has not understood left out.
  if (/error|warning/i.test(daemon.log())) throw new Error(daemon.log())
  return daemon
}

export async function syslogNgWith(
  t: Stoppable,
  folder: string,
  port: number,
  configuration: string,
): Promise<Daemon> {
  const path = join(folder, 'syslog-ng.conf')
  // As a distribution's own file begins; conf.d is read after it.
  await writeFile(path, `@version: 3.38\noptions { stats-freq(0); };\n${configuration}`)
  await mkdir(join(folder, 'buffer'), { recursive: true })
  const { environment, flags } = installation()
  return startDaemon(t, {
    program: findProgram('syslog-ng') ?? 'syslog-ng',
    args: [
      ...['-F', '--no-caps', '-f', path, '-R', join(folder, 'persist')],
      ...['-p', join(folder, 'pid'), '-c', join(folder, 'control'), ...flags],
    ],
    port,
    udp: false,
    environment,
  })
}

/** The lines of a file as soon as there are `count` of them. */
export async function linesOf(path: string, count: number): Promise<string[]> {
  let seen: string[] = []
  return eventually(
    async () => {
      const text = await readFile(path, 'utf8').catch(() => '')
      seen = text.split('\n').slice(0, -1)
      return seen.length >= count ? seen : undefined
    },
    () => `${seen.length} of ${count} lines in ${path}`,
  )
}
