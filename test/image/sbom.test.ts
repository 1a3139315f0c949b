/**
 * The image's list of what is in it: true to what lies in node_modules (of which the pruning takes no
 * package, see prune.test.ts), the same bytes each time, and with Node and Debian's packages.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { installedPackages } from '../../image/packages.ts'
import { complete } from '../../image/sbom.ts'
import type { Bom, Surroundings } from '../../image/sbom.ts'
import { root } from '../helpers/root.ts'
import { copyManifests } from './shipped.ts'

const run = promisify(execFile)

const dpkg = `Package: libc6
Status: install ok installed
Architecture: amd64
Version: 2.36-9+deb12u10
Description: GNU C Library
 Shared libraries: Version: none

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1
`
const release = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n'

function surroundings(packages: Surroundings['packages']): Surroundings {
  return { packages, dpkg, release, node: '24.1.0', epoch: 1_764_000_000 }
}

t.test('of the packages that ship, by npm itself', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'cefline-sbom-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const modules = copyManifests(folder)
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    string,
    unknown
  >
  // As the Dockerfile does: npm misses what is not there for development.
  delete manifest['devDependencies']
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  const words = ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev']
  const { stdout } = await run('npm', words, { cwd: folder, maxBuffer: 1e8 })
  const first = JSON.parse(stdout) as Bom
  // As npm gives it the next time: by the clock, by chance, and in any order.
  const again = JSON.parse(stdout) as Bom
  again.serialNumber = 'urn:uuid:00000000-0000-4000-8000-000000000000'
  again.metadata.timestamp = '2026-01-01T00:00:00.000Z'
  again.components.reverse()
  again.dependencies.reverse()
  const installed = installedPackages(modules)
  const made = complete(first, surroundings(installed))
  t.match(first, { serialNumber: String, metadata: { timestamp: String } })
  t.equal(
    JSON.stringify(made),
    JSON.stringify(complete(again, surroundings(installed))),
    'and here the same packages are the same bytes',
  )
  t.match(made, {
    bomFormat: 'CycloneDX',
    serialNumber: /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    metadata: {
      timestamp: '2025-11-24T16:00:00.000Z',
      component: { type: 'application', name: 'cefline', version: manifest['version'] },
    },
  })
  const named = new Set(made.components.map((component) => component['bom-ref']))
  t.equal(named.size, made.components.length, 'each once')
  for (const { name, version } of installed) {
    if (!named.has(`${name}@${version}`)) t.fail(`${name}@${version} is named`)
  }
  t.ok(installed.length > 50)
  const debian = 'pkg:deb/debian/libc6@2.36-9%2Bdeb12u10?arch=amd64&distro=debian-12'
  t.ok(named.has('node@24.1.0') && named.has(debian))
  t.notOk(made.components.some(({ name }) => name === 'gone'))
  for (const { ref, dependsOn = [] } of made.dependencies) {
    for (const one of dependsOn) {
      if (!named.has(one)) t.fail(`${ref} depends on ${one}, which is not named`)
    }
  }

  const [, ...others] = installed
  t.throws(() => complete(first, surroundings(others)), /@aws-sdk\/\S+ is not installed/)
  const more = { ...installed[0]!, name: 'stowaway', version: '1.0.0' }
  t.throws(() => complete(first, surroundings([...installed, more])), {
    message: /stowaway@1\.0\.0 is not named; run npm ci/,
  })
})

t.test(
  'the Dockerfile: version, labels, and nothing that changes from build to build',
  async (t) => {
    const text = readFileSync(join(root, 'Dockerfile'), 'utf8')
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      version: string
    }
    t.match(text, `\nARG VERSION=${version}\n`)
    const wanted =
      'title description version revision created source url documentation vendor licenses base.name base.digest'
    for (const name of wanted.split(' ')) t.match(text, `org.opencontainers.image.${name}=`)
    t.notMatch(text, /npx -|npm install|\$\(date\)|ADD https?:/)
    const copied = [...text.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, names = '']) =>
      names.split(' '),
    )
    const ignored = readFileSync(join(root, '.dockerignore'), 'utf8')
    for (const name of copied) t.match(ignored, `\n!${name}\n`, `${name} reaches the build`)
  },
)
