/**
 * The packages that lie in a `node_modules`, at any depth, each once for each place it lies at.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface InstalledPackage {
  folder: string
  name: string
  version: string
  /** The whole of its package.json. */
  manifest: Record<string, unknown>
}

/** `folder` is a `node_modules`; one that is not there has none. */
export function installedPackages(folder: string): InstalledPackage[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => join(folder, name))
    .flatMap((path) => (path.startsWith(join(folder, '@')) ? scoped(path) : [path]))
    .sort()
    .flatMap((path) => [read(path), ...installedPackages(join(path, 'node_modules'))])
}

function scoped(folder: string): string[] {
  return readdirSync(folder).map((name) => join(folder, name))
}

function read(folder: string): InstalledPackage {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<
    string,
    unknown
  >
  return { folder, name: String(manifest['name']), version: String(manifest['version']), manifest }
}
