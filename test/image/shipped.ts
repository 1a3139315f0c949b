/**
 * The image's tree as its Dockerfile makes it, out of what is installed and built here: node_modules
 * without what only development needs.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../helpers/root.ts'

interface Lock {
  packages: Record<string, { dev?: boolean }>
}

/** Copies the packages that ship into `folder/node_modules`, and returns that path. */
export function copyModules(folder: string): string {
  const { shipped, others } = installed()
  copy(
    shipped.filter((path) => !isNested(path)),
    folder,
  )
  for (const path of others.filter(isNested))
    rmSync(join(folder, path), { recursive: true, force: true })
  return join(folder, 'node_modules')
}

/** Copies their package.json alone. */
export function copyManifests(folder: string): string {
  copy(
    installed().shipped.map((path) => join(path, 'package.json')),
    folder,
  )
  return join(folder, 'node_modules')
}

/** Copies what else lies in /opt/cefline (`npm run build` was run before), and returns its program. */
export function copyProgram(folder: string): string {
  for (const name of ['dist', 'package.json', 'LICENSE']) {
    cpSync(join(root, name), join(folder, name), { recursive: true })
  }
  return join(folder, 'dist', 'cli.js')
}

/** Folders of packages, `node_modules/…`: those that ship, and those for development. */
function installed(): { shipped: string[]; others: string[] } {
  const lock = JSON.parse(
    readFileSync(join(root, 'node_modules', '.package-lock.json'), 'utf8'),
  ) as Lock
  const entries = Object.entries(lock.packages)
  const paths = (dev: boolean) =>
    entries.filter(([, entry]) => (entry.dev ?? false) === dev).map(([path]) => path)
  return { shipped: paths(false), others: paths(true) }
}

/** In another package's node_modules. */
function isNested(path: string): boolean {
  return path.lastIndexOf('node_modules/') > 0
}

/** By the program, as Node's own copying takes many times as long. */
function copy(paths: string[], folder: string): void {
  execFileSync('cp', ['-a', '--parents', ...paths, folder], { cwd: root })
}
