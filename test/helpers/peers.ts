/**
 * Programs from Debian's packages that tests use as real peers. A package that cannot be installed
 * beside another is unpacked into `.peers/<name>/` by `.ci/run`.
 */
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { root } from './root.ts'

/** The folder that `.ci/run` unpacks a Debian package into. */
export function unpacked(name: string): string {
  return join(root, '.peers', name)
}

/** The program's path, or undefined when it is not installed. */
export function findProgram(name: string): string | undefined {
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/sbin',
    ...['usr/sbin', 'usr/bin'].map((folder) => join(unpacked(name), folder)),
  ]
  for (const folder of folders) {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return join(folder, name)
    } catch {
      continue
    }
  }
  return undefined
}

/** Folder of Debian's modules of rsyslog, by the machine's architecture. */
const architectures: Partial<Record<NodeJS.Architecture, string>> = {
  x64: 'x86_64-linux-gnu',
  arm64: 'aarch64-linux-gnu',
}

export const rsyslogModules = `/usr/lib/${architectures[process.arch] ?? process.arch}/rsyslog`

/** Options for a tap test that needs the programs, or modules of rsyslog's:
 * `t.test('…', needs('rsyslogd', 'imrelp'), …)`. */
export function needs(...names: string[]): { skip: string | false } {
  const missing = names.find((name) => {
    return findProgram(name) === undefined && !existsSync(join(rsyslogModules, `${name}.so`))
  })
  return { skip: missing === undefined ? false : `${missing} is not installed` }
}
