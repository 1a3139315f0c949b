/**
 * Programs from Debian's packages that tests use as real peers. A package that cannot be installed
 * beside another is unpacked into `.peers/<name>/` by `.ci/run`.
 */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')

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

/** Options for a tap test that needs the program: `t.test('…', needs('rsyslogd'), …)`. */
export function needs(...programs: string[]): { skip: string | false } {
  const missing = programs.find((program) => findProgram(program) === undefined)
  return { skip: missing === undefined ? false : `${missing} is not installed` }
}
