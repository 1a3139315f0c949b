/**
 * `cefline support-bundle [OUT.tar.gz]`: one archive for whoever helps. It tells what runs, on what, and
 * what went wrong, and holds no secret, no event and no record, unless events are asked for. Every file
 * is made without secrets, and then searched for those that the configuration and the environment have.
 *
 * The manifest says what is in it, what could not be had, and what was taken out. Without OUT it goes
 * into the working folder, or where nothing can be written there, as in a container, into that for
 * temporary files: what is printed first says where. Exit code 0.
 */
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { tables } from '../components.ts'
import { secretsOf } from '../config/secrets.ts'
import { asCefline, error } from '../error.ts'
import { printable } from '../io/printable.ts'
import { errnoOf } from '../io/regular-file.ts'
import { tar } from '../io/tar.ts'
import { tellable } from '../telemetry/without-values.ts'
import { version } from '../version.ts'
import { examine } from './check.ts'
import { reach } from './reach.ts'
import type { ReachOptions } from './reach.ts'
import { contentsOf } from './support-contents.ts'
import type { Found, Part } from './support-contents.ts'
import { scrubber, secretsInEnvironment } from './support-scrub.ts'
import { counted, size } from './text.ts'

export interface SupportBundleOptions extends ReachOptions {
  out?: string
  withEvents?: number
  /** Also the steps of `check --connect`. */
  connect?: boolean
  json?: boolean
}

const takenOut = [
  'values of options that are secrets: ****',
  'user and password of urls, and the values of their queries',
  'private keys, and what stands where a password, token or signature would',
  'values that errors and reasons quote: "…"',
  'checkpoints: their length only',
]

export async function supportBundle({
  out,
  withEvents = 0,
  connect = false,
  json = false,
  ...where
}: SupportBundleOptions): Promise<number> {
  const now = new Date()
  const { configuration, findings } = await examine(where.config, connect)
  const scrub = scrubber([
    ...(configuration ? secretsOf(configuration, tables) : []),
    ...secretsInEnvironment(process.env),
  ])
  const folder = where.folder ?? configuration?.spool.folder
  const gather = (asked: Asked) =>
    contentsOf({ now, configuration, findings, folder, withEvents, ...asked })
  const parts = await asked(where, gather)
  const files = bundled(parts, scrub, now)
  const archive = gzipSync(tar(files, now.getTime()))
  const path = await (out === undefined
    ? writeAnywhere(usualName(now), archive)
    : write(out, archive))
  const missing = parts.filter(({ text }) => text === undefined)
  if (json) {
    const named = files.map(({ name, content }) => ({ name, bytes: content.length }))
    const without = missing.map(({ name, problem }) => ({ name, problem: scrub(problem ?? '') }))
    console.log(
      JSON.stringify({ file: path, bytes: archive.length, files: named, missing: without }),
    )
    return 0
  }
  console.log(`${printable(path)}: ${counted(files.length, 'file')}, ${size(archive.length)}`)
  for (const { name, problem = '' } of missing) {
    console.log(printable(`  without ${name}: ${scrub(problem)}`))
  }
  console.log(
    withEvents > 0
      ? `it holds the latest events, as you asked: see who may read them before you send it`
      : 'it holds no event and no record; read manifest.json before you send it',
  )
  return 0
}

type Asked = Pick<Found, 'verbs' | 'running' | 'unreached'>

/** Does the work with whoever can be asked of the spool, or with the reason why nobody can. */
async function asked<T>(where: ReachOptions, work: (asked: Asked) => Promise<T>): Promise<T> {
  let isReached = false
  try {
    return await reach(where, (verbs, running) => {
      isReached = true
      return work({ verbs, running, unreached: '' })
    })
  } catch (thrown) {
    if (isReached) throw thrown
    const { code, message } = asCefline(thrown)
    return work({ verbs: undefined, running: undefined, unreached: tellable(code, message) })
  }
}

function bundled(parts: readonly Part[], scrub: (text: string) => string, now: Date) {
  const files = parts.flatMap(({ name, text }) => {
    return text === undefined ? [] : [{ name, content: Buffer.from(scrub(text)) }]
  })
  const manifest = {
    madeAt: now.toISOString(),
    madeBy: `cefline ${version}`,
    files: files.map(({ name, content }) => {
      return { name, bytes: content.length, what: parts.find((one) => one.name === name)?.what }
    }),
    missing: parts.flatMap(({ name, text, problem }) => {
      return text === undefined ? [{ name, problem }] : []
    }),
    takenOut,
  }
  const content = Buffer.from(`${scrub(JSON.stringify(manifest, null, 2))}\n`)
  const all = [{ name: 'manifest.json', content }, ...files]
  return all.map(({ name, content }) => ({ name: `cefline-support/${name}`, content }))
}

function usualName(now: Date): string {
  return `cefline-support-${now.toISOString().slice(0, 19).replaceAll(':', '-')}.tar.gz`
}

/** In the working folder, else in that for temporary files: tried rather than asked, as a folder may be
 * read-only, full, or no place for files. Resolves to where it is. */
async function writeAnywhere(name: string, content: Buffer): Promise<string> {
  try {
    return await write(name, content)
  } catch (thrown) {
    if (errnoOf((thrown as Error).cause) === 'EEXIST') throw thrown
    return write(join(tmpdir(), name), content)
  }
}

/** Resolves to the path. */
async function write(path: string, content: Buffer): Promise<string> {
  try {
    // For its owner alone; one that is there is somebody's.
    await writeFile(path, content, { flag: 'wx', mode: 0o600 })
    return path
  } catch (cause) {
    const code = errnoOf(cause)
    // Half a file, where the disk was full.
    if (code !== 'EEXIST') await rm(path, { force: true }).catch(() => {})
    const why =
      code === 'EEXIST'
        ? 'is there already; remove it, or give another name'
        : `cannot be written (${code || String(cause)}); give a path that can be`
    throw error('write-failed', `${path} ${why}`, { cause })
  }
}
