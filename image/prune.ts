/**
 * Takes out of a `node_modules` what Node never reads: types, source maps, pages and pictures, C
 * sources, tests, builds for browsers and bundlers, and binaries for other systems. Licences stay.
 *
 *     node image/prune.ts node_modules
 *
 * What it takes is a matter of rules, not of a trace, so `test/image/prune.test.ts` runs Cefline with
 * what is left.
 */
import { readdirSync, rmSync, rmdirSync, statSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { installedPackages } from './packages.ts'
import type { InstalledPackage } from './packages.ts'

/** Of files, wherever they lie in a package; `.ts` with `.d.ts`. */
const extensions = words(
  '.ts .mts .cts .tsx .map .md .markdown .html .css .yml .yaml .1',
  '.c .cc .cpp .h .gyp .gypi .in .sh .zip .png .svg .eot .ttf .woff',
)

/** What lies directly in a package and is its makers' own. */
const makers = words(
  'test tests __tests__ spec benchmark benchmarks bench example examples',
  'docs doc scripts test.js eslint.config.js',
)

/** Builds for others than Node, by their place in a package. */
const builds = ['dist-es', 'dist-types', 'dist/iife', 'dist/umd', 'dist/esm', 'browser', 'types']

/** Conditions that Node never has, and what packages export to browsers by name. */
const foreign = /^(?:types|typings|module|browser|react-native|deno|bun|worker|\.\/browser.*)$/

const licence = /^(?:licen[cs]e|notice|copying|third.?party)/i

/** Returns the bytes that were taken out. */
export function prune(folder: string): number {
  let bytes = 0
  for (const name of ['.bin', '.package-lock.json']) bytes += remove(join(folder, name))
  for (const installed of installedPackages(folder)) {
    for (const name of readdirSync(installed.folder)) {
      if (makers.has(name)) bytes += removeUnlessEntry(installed, name)
    }
    for (const build of builds) bytes += removeUnlessEntry(installed, build)
    bytes += pruneFiles(installed.folder)
  }
  return bytes
}

function removeUnlessEntry(installed: InstalledPackage, name: string): number {
  return isEntry(installed, name) ? 0 : remove(join(installed.folder, name))
}

/** Whether Node can be led into the folder by the package's `main`, `exports`, `imports` or `bin`. */
function isEntry({ manifest }: InstalledPackage, folder: string): boolean {
  return ['main', 'exports', 'imports', 'bin']
    .flatMap((field) => targets(manifest[field]))
    .some((target) => target.replace(/^\.\//, '').startsWith(`${folder}/`))
}

/** What Node may take of an entry: of conditions, in their order, the first that always holds ends it. */
function targets(entry: unknown): string[] {
  if (typeof entry === 'string') return [entry]
  if (typeof entry !== 'object' || entry === null) return []
  const found: string[] = []
  for (const [key, value] of Object.entries(entry)) {
    if (foreign.test(key)) continue
    found.push(...targets(value))
    if (key === 'node' || key === 'default') break
  }
  return found
}

function pruneFiles(folder: string): number {
  let bytes = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (entry.name === 'node_modules') continue
      bytes += entry.name.startsWith('.') ? remove(path) : pruneFiles(path)
    } else if (isWaste(entry.name)) {
      bytes += remove(path)
    }
  }
  if (readdirSync(folder).length === 0) rmdirSync(folder)
  return bytes
}

function isWaste(name: string): boolean {
  if (licence.test(name)) return false
  if (name.startsWith('.') || extensions.has(extname(name).toLowerCase())) return true
  return extname(name) === '.node' && !isLoadable(name)
}

/** Prebuilt binaries are named by what they are for: `node.napi.glibc.node`, `node.abi137.musl.node`. */
function isLoadable(name: string): boolean {
  const [, interfaceName = '', library = ''] = /^node\.(\w+)\.(\w+)\.node$/.exec(name) ?? []
  if (interfaceName === '') return true
  return (
    library === systemLibrary() &&
    ['napi', `abi${process.versions.modules}`].includes(interfaceName)
  )
}

function systemLibrary(): string {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } }
  return header.glibcVersionRuntime === undefined ? 'musl' : 'glibc'
}

/** Removes what is there, and returns its bytes. */
function remove(path: string): number {
  const size = sizeOf(path)
  rmSync(path, { recursive: true, force: true })
  return size
}

/** Bytes of the files in a folder, or of the file; 0 when it is not there. */
export function sizeOf(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats?.isDirectory()) return stats?.size ?? 0
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0)
}

function words(...lines: string[]): Set<string> {
  return new Set(lines.join(' ').split(' '))
}

if (basename(process.argv[1] ?? '') === basename(import.meta.filename)) {
  const [, , folder = 'node_modules'] = process.argv
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
  const bytes = prune(folder)
  console.log(`${folder}: ${megabytes(bytes)} taken out, ${megabytes(sizeOf(folder))} left`)
}
