/**
 * The image's list of what is in it (SBOM, CycloneDX 1.5): npm's own list of the packages, made
 * reproducible, with Node and Debian's packages beside them.
 *
 *     npm sbom --sbom-format cyclonedx --omit dev | node image/sbom.ts node_modules dpkg-status
 *
 * What it guarantees: it names every package that lies in `node_modules` and none that does not, or
 * it ends with an error; and the same packages make the same bytes. Its time is SOURCE_DATE_EPOCH
 * and its serial number is drawn from its content, where npm takes the clock and chance.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { installedPackages } from './packages.ts'
import type { InstalledPackage } from './packages.ts'

/** The fields of CycloneDX that are read or written here; npm's others pass through. */
export interface Component {
  'bom-ref': string
  type: string
  name: string
  version: string
  purl?: string
  hashes?: { alg: string; content: string }[]
  [other: string]: unknown
}

export interface Bom {
  serialNumber?: string
  metadata: { timestamp?: string; component: Component; [other: string]: unknown }
  components: Component[]
  dependencies: { ref: string; dependsOn?: string[] }[]
  [other: string]: unknown
}

export interface Surroundings {
  packages: readonly InstalledPackage[]
  /** Text of /var/lib/dpkg/status; empty where there is none. */
  dpkg: string
  /** `VERSION_ID` and others of /etc/os-release. */
  release: string
  /** Node's version without the `v`. */
  node: string
  /** Seconds since 1970. */
  epoch: number
}

/** Makes npm's list the image's; throws when the two do not agree on what is installed. */
export function complete(bom: Bom, surroundings: Surroundings): Bom {
  agree(bom, surroundings.packages)
  const root = bom.metadata.component
  const node = nodeComponent(surroundings.node)
  const components = [...bom.components, node, ...debianComponents(surroundings)].sort(byReference)
  const dependencies = bom.dependencies
    .map(({ ref, dependsOn = [] }) => {
      const beside = ref === root['bom-ref'] ? [node['bom-ref']] : []
      return { ref, dependsOn: [...dependsOn, ...beside].sort() }
    })
    .sort((one, other) => (one.ref < other.ref ? -1 : 1))
  const made: Bom = {
    ...bom,
    metadata: {
      ...bom.metadata,
      timestamp: new Date(surroundings.epoch * 1000).toISOString(),
      // npm names it after the folder that it was built in.
      component: { ...root, type: 'application', name: 'cefline' },
    },
    components,
    dependencies,
  }
  delete made.serialNumber
  return { ...made, serialNumber: serialNumber(JSON.stringify(made)) }
}

/** What is installed and not named, or named and not installed, is an error. */
function agree({ components }: Bom, packages: readonly InstalledPackage[]): void {
  // A package under another's name (an alias) is known to npm by its own.
  const named = new Set(components.map((component) => component['bom-ref'].split('|')[0]))
  const installed = new Set(packages.map(({ name, version }) => `${name}@${version}`))
  const unnamed = [...installed].filter((one) => !named.has(one))
  const gone = [...named].filter((one) => one !== undefined && !installed.has(one))
  if (unnamed.length + gone.length === 0) return
  const told = [
    ...unnamed.map((one) => `${one} is not named`),
    ...gone.map((one) => `${one} is not installed`),
  ]
  throw new Error(
    `the SBOM and node_modules differ: ${told.join(', ')}; run npm ci and make it again`,
  )
}

function nodeComponent(version: string): Component {
  return {
    'bom-ref': `node@${version}`,
    type: 'platform',
    name: 'node',
    version,
    purl: `pkg:generic/node@${version}`,
    licenses: [{ license: { id: 'MIT' } }],
    cpe: `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`,
  }
}

/** Debian's installed packages, by dpkg's status file (deb822: fields of a line, parted by empty lines). */
function debianComponents({ dpkg, release }: Surroundings): Component[] {
  const distribution = `${fieldOf(release, 'ID', '=') ?? 'debian'}-${fieldOf(release, 'VERSION_ID', '=') ?? ''}`
  return dpkg
    .split('\n\n')
    .filter((entry) => fieldOf(entry, 'Status') === 'install ok installed')
    .map((entry) => {
      const [name = '', version = '', architecture = ''] = [
        'Package',
        'Version',
        'Architecture',
      ].map((field) => fieldOf(entry, field))
      const qualifiers = new URLSearchParams({ arch: architecture, distro: distribution })
      const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?${qualifiers.toString()}`
      return { 'bom-ref': purl, type: 'library', name, version, purl }
    })
}

function fieldOf(entry: string, name: string, separator = ': '): string | undefined {
  const line = entry.split('\n').find((each) => each.startsWith(name + separator))
  return line?.slice(name.length + separator.length).replaceAll('"', '')
}

/** A UUID of the content (RFC 9562, version 8: made by one's own rule). */
function serialNumber(content: string): string {
  const hex = createHash('sha256').update(content).digest('hex')
  const variant = '89ab'[parseInt(hex[16] ?? '0', 16) % 4]
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`]
  return `urn:uuid:${[...parts, `${variant}${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-')}`
}

function byReference(one: Component, other: Component): number {
  return one['bom-ref'] < other['bom-ref'] ? -1 : 1
}

function readIfThere(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

if (basename(process.argv[1] ?? '') === basename(import.meta.filename)) {
  const [, , modules = 'node_modules', status = ''] = process.argv
  const made = complete(JSON.parse(await text(process.stdin)) as Bom, {
    packages: installedPackages(modules),
    dpkg: readIfThere(status),
    release: readIfThere(join('/etc', 'os-release')),
    node: process.versions.node,
    epoch: Number(process.env['SOURCE_DATE_EPOCH'] ?? 0),
  })
  process.stdout.write(`${JSON.stringify(made, undefined, 2)}\n`)
}
