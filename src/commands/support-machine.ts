/**
 * What a support engineer wants to know of the machine: release, limits, volumes, clock, certificates.
 * Nothing of the environment's variables, of the processes or of the users.
 */
import { existsSync } from 'node:fs'
import { readdir, readFile, stat, statfs } from 'node:fs/promises'
import { cpus, freemem, loadavg, release, totalmem, uptime } from 'node:os'
import { join, resolve } from 'node:path'
import type { Configuration } from '../config/load.ts'
import { fileSystemOf } from '../io/file-system.ts'
import { certificatesOf } from '../io/tls.ts'
import { version } from '../version.ts'

/** Files of a folder that are listed. */
const mostFiles = 5000
/** Where a machine says that its clock follows another one's. */
const synchronised = '/run/systemd/timesync/synchronized'
const cgroup = '/sys/fs/cgroup'

export interface FileEntry {
  path: string
  bytes: number
  /** As `0600`. */
  mode: string
  modifiedAt: string
}

export async function about(now: Date): Promise<object> {
  const limits = ['memory.max', 'memory.current', 'cpu.max', 'pids.max']
  const found = limits.map(async (name) => [name, await textOf(join(cgroup, name))] as const)
  return {
    version,
    madeAt: now.toISOString(),
    node: process.versions,
    platform: process.platform,
    architecture: process.arch,
    system: release(),
    uptime: Math.round(uptime()),
    processors: { count: cpus().length, model: cpus()[0]?.model, load: loadavg() },
    memory: { total: totalmem(), free: freemem() },
    container: Object.fromEntries(await Promise.all(found)),
    user: { uid: process.getuid?.(), gid: process.getgid?.() },
    limits: limitsIn((await textOf('/proc/self/limits')) ?? ''),
  }
}

/** `Max open files` and the others, soft and hard. */
function limitsIn(text: string): Record<string, string> {
  const rows = [...text.matchAll(/^(Max [a-z ]+?)\s{2,}(\S+)\s+(\S+)/gm)]
  return Object.fromEntries(rows.map(([, name = '', soft, hard]) => [name, `${soft} / ${hard}`]))
}

/** Of the spool's folder, with the line of the mount that it is on. */
export async function volumeOf(folder: string): Promise<object> {
  const path = resolve(folder)
  const [{ bsize, blocks, bavail, files, ffree }, system] = await Promise.all([
    statfs(path),
    fileSystemOf(path),
  ])
  const mounts = (await textOf('/proc/self/mountinfo'))?.split('\n') ?? []
  const mount = mounts
    .map((line) => ({ line, point: line.split(' ')[4] ?? '' }))
    .filter(({ point }) => point === '/' || path === point || path.startsWith(`${point}/`))
    .sort((a, b) => b.point.length - a.point.length)[0]
  return {
    folder,
    fileSystem: system,
    bytes: blocks * bsize,
    free: bavail * bsize,
    files,
    freeFiles: ffree,
    mount: mount?.line ?? null,
  }
}

/** Hints at a clock that is wrong. A file that is newer than now was written by another clock, as that
 * of a file server, or before this one was set back. */
export function clockHints(files: readonly FileEntry[], now: Date): object {
  const newest = Math.max(...files.map(({ modifiedAt }) => Date.parse(modifiedAt)))
  const ahead = newest - now.getTime()
  return {
    now: now.toISOString(),
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    offsetMinutes: -now.getTimezoneOffset(),
    synchronisedBySystemd: existsSync(synchronised),
    newestFileAheadMilliseconds: Number.isFinite(ahead) && ahead > 0 ? ahead : 0,
  }
}

/** Names and sizes of what is in a folder, in the order of their names; `cut` when there is more. */
export async function filesIn(folder: string): Promise<{ files: FileEntry[]; cut: boolean }> {
  const found = await readdir(folder, { recursive: true })
  const names = found.sort().slice(0, mostFiles)
  const files: FileEntry[] = []
  for (const path of names) {
    // One that is gone meanwhile is none.
    const one = await stat(join(folder, path)).catch(() => undefined)
    if (!one?.isFile() && !one?.isSocket()) continue
    const mode = (one.mode & 0o7777).toString(8).padStart(4, '0')
    files.push({ path, bytes: one.size, mode, modifiedAt: one.mtime.toISOString() })
  }
  return { files, cut: found.length > names.length }
}

/** The certificates in files and texts of the configuration, with when they end. */
export async function certificatesIn(configuration: Configuration): Promise<object[]> {
  const { sources, destinations } = configuration
  const found: object[] = []
  for (const { name, options } of [...sources, ...destinations]) {
    const files = (options['tls'] ?? {}) as Record<string, unknown>
    for (const option of ['ca', 'cert'] as const) {
      const value = files[option]
      if (typeof value !== 'string') continue
      const text = value.includes('-----BEGIN') ? value : await textOf(value)
      found.push(...described(name, option, text))
    }
  }
  return found
}

function described(component: string, option: string, text: string | undefined): object[] {
  const place = { component, option: `tls.${option}` }
  try {
    if (text === undefined) throw new Error('it cannot be read')
    return certificatesOf(text, place.option).map((one) => ({
      ...place,
      subject: one.subject.replaceAll('\n', ', '),
      issuer: one.issuer.replaceAll('\n', ', '),
      validFrom: one.validFrom,
      validTo: one.validTo,
      fingerprint: one.fingerprint256,
    }))
  } catch (thrown) {
    return [{ ...place, problem: (thrown as Error).message }]
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trimEnd()
  } catch {
    return undefined
  }
}
