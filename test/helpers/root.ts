/**
 * Where things are, whether the tests run as TypeScript (`npx tap FILE`) or compiled (`npm test`).
 */
import { basename, dirname, extname, join } from 'node:path'

const above = join(import.meta.dirname, '..', '..')

/** The project's folder. */
export const root = basename(above) === '.build' ? dirname(above) : above

/** Node's arguments that run a program of the tests, such as `spool/writer`. */
export function program(name: string): string[] {
  const extension = extname(import.meta.filename)
  const script = join(above, 'test', name + extension)
  return extension === '.ts' ? ['--import=tsx', script] : [script]
}
