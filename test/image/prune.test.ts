/**
 * What is taken out of the image's node_modules is missed by nobody: nothing that was kept refers to
 * it, every package that Cefline imports loads, the check runs, and S3's client asks its bucket.
 */
import { execFile } from 'node:child_process'
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { extname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { prune, sizeOf } from '../../image/prune.ts'
import { installedPackages } from '../../image/packages.ts'
import { root } from '../helpers/root.ts'
import { startStandIn } from '../helpers/s3-stand-in.ts'
import { testKeys } from '../helpers/versitygw.ts'
import { copyModules, copyProgram } from './shipped.ts'

const run = promisify(execFile)
// Resolved, as Node does with what it loads.
const pruned = realpathSync(mkdtempSync(join(tmpdir(), 'cefline-image-')))
t.teardown(() => rmSync(pruned, { recursive: true, force: true }))
const whole = join(root, 'node_modules')
const modules = copyModules(pruned)
const installed = packagesOf(modules)
const before = sizeOf(modules)
const taken = prune(modules)
const cli = copyProgram(pruned)

t.test('more than half goes, no package does, and each keeps its licence', async (t) => {
  t.equal(sizeOf(modules), before - taken)
  t.ok(taken > before / 2, `${taken} of ${before} bytes`)
  t.strictSame(packagesOf(modules), installed)
  for (const { folder, name } of installedPackages(modules)) {
    const isLicence = (file: string) => /^licen[cs]e/i.test(file)
    const here = readdirSync(folder).filter(isLicence)
    const there = readdirSync(join(whole, relative(modules, folder))).filter(isLicence)
    if (here.length !== there.length) t.strictSame(here, there, name)
  }
  t.equal(prune(modules), 0, 'twice is the same')
})

t.test('nothing that was kept refers to what was taken out', async (t) => {
  const reference = /(?:\brequire\(|\bfrom\s*|\bimport\()\s*(['"])([^'"\n]+)\1/g
  const shipped = new Set(installedPackages(modules).map(({ folder }) => relative(modules, folder)))
  const dangling: string[] = []
  let seen = 0
  for (const file of files(modules).filter((name) => /^\.[cm]?js$/.test(extname(name)))) {
    const there = createRequire(join(whole, file))
    const here = createRequire(join(modules, file))
    for (const [, , target = ''] of readFileSync(join(modules, file), 'utf8').matchAll(reference)) {
      // A type in a comment is a reference too, and a tool that is not shipped may be named.
      const found = target.endsWith('.d.ts') ? undefined : resolved(there, target)
      if (found === undefined || !shipped.has(packageOf(found))) continue
      seen += 1
      if (resolved(here, target) !== join(modules, relative(whole, found))) {
        dangling.push(`${file}: ${target}`)
      }
    }
  }
  t.ok(seen > 1000, `${seen} references`)
  t.strictSame(dangling, [])
})

t.test('every package that Cefline imports loads', async (t) => {
  const names = new Set<string>()
  for (const file of files(join(root, 'src'))) {
    const text = readFileSync(join(root, 'src', file), 'utf8')
    for (const [, name = ''] of text.matchAll(/^import (?!type\b).*from '([^.'][^']*)'/gm)) {
      if (!name.startsWith('node:')) names.add(name)
    }
    for (const [, name = ''] of text.matchAll(/\bimport\('([^.'][^']*)'\)/g)) names.add(name)
  }
  // Not in the image without KERBEROS=yes, and not built here.
  names.delete('kerberos')
  t.ok(names.has('lmdb') && names.has('@aws-sdk/client-s3'), [...names].join(' '))
  const lines = [...names].map((name) => `await import(${JSON.stringify(name)})`)
  writeFileSync(join(pruned, 'load.mjs'), lines.join('\n'))
  await t.resolves(run(process.execPath, [join(pruned, 'load.mjs')]))
})

t.test('the check runs, and asks the bucket', async (t) => {
  const { options } = await startStandIn(t, () => undefined)
  const cwd = t.testdir({ drop: {} })
  writeFileSync(
    join(cwd, 'cefline.json'),
    JSON.stringify({
      status: { listen: '127.0.0.1:0' },
      sources: { alerts: { type: 'netwrix-alerts', folder: './drop' } },
      destinations: {
        bucket: {
          type: 's3',
          from: ['alerts'],
          ...{ bucket: options.bucket, endpoint: options.endpoint, region: options.region },
        },
      },
    }),
  )
  const environment = {
    PATH: process.env['PATH'],
    AWS_ACCESS_KEY_ID: testKeys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: testKeys.secretAccessKey,
  }
  const { stdout } = await run(
    process.execPath,
    [cli, '--config', 'cefline.json', 'check', '--connect', '--json'],
    {
      cwd,
      env: environment,
    },
  )
  t.match(JSON.parse(stdout), { ok: true })
  t.match(stdout, options.bucket)
})

function packagesOf(at: string): string[] {
  return installedPackages(at).map(({ name, version }) => `${name}@${version}`)
}

/** The package that a file of node_modules belongs to, as its folder there; of what lies elsewhere, nothing. */
function packageOf(file: string): string {
  return (
    /^.*(?:^|node_modules\/)(?:@[^/]+\/)?[^/@.][^/]*(?=\/)/.exec(relative(whole, file))?.[0] ?? ''
  )
}

/** Files below the folder, by their paths in it. */
function files(at: string): string[] {
  return readdirSync(at, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(at, join(entry.parentPath, entry.name)))
    .sort()
}

function resolved(require: NodeJS.Require, target: string): string | undefined {
  try {
    return require.resolve(target)
  } catch {
    return undefined
  }
}
