/**
 * `cefline mark`: where the sources of the Integration API go on. `show` tells it, `import` takes over
 * from the vendor's PowerShell add-on by its `…Cookie.bin`, `set` begins at a date or a mark.
 *
 * A source that runs is held for the moment of the change, so that none of its own is written over the
 * new one, and goes on from it at once. Records given before within the ids that are remembered are
 * left out, whatever the mark says.
 */
import { readFile, stat } from 'node:fs/promises'
import colors from 'picocolors'
import type { Verbs } from '../control/verbs.ts'
import { error } from '../error.ts'
import { printable, shorten } from '../io/printable.ts'
import { asWhen, firstCheckpoint, readCheckpoint, writeCheckpoint } from '../netwrix/checkpoint.ts'
import type { Checkpoint } from '../netwrix/checkpoint.ts'
import { moment } from '../netwrix/filter-fields.ts'
import { databasesIn, isMarkText, readMarkFile } from '../netwrix/mark-file.ts'
import { reach } from './reach.ts'
import type { ReachOptions } from './reach.ts'
import { count, counted, table } from './text.ts'
import { unreadable } from './unreadable.ts'
import { whoRuns } from './who.ts'

interface MarkOptions extends ReachOptions {
  json?: boolean
}

interface ShownMark {
  source: string
  /** null: it has not begun. */
  checkpoint: Checkpoint | null
  /** Databases that the mark has a position for, where that can be told. */
  databases?: number
}

/** Files and pushes need no mark. */
const noneIsPolled = 'no source polls the Integration API (type netwrix-api), so none has a mark'

/** A mark is a few hundred bytes for each database. */
const largestFile = 4 * 1024 * 1024

/** Exit code 0. Throws `not-found` when there is no such source, or no spool yet. */
export async function show({
  json,
  source,
  ...where
}: MarkOptions & { source?: string }): Promise<number> {
  const marks = await reach(where, marksIn)
  const found = marks.filter((mark) => source === undefined || mark.source === source)
  if (source !== undefined && found.length === 0) {
    const known = marks.map((mark) => `"${mark.source}"`).join(', ') || 'there is none'
    throw error('not-found', `"${source}" is no source of type netwrix-api (${known})`)
  }
  if (json) console.log(JSON.stringify(found, null, 2))
  else if (found.length === 0) console.log(noneIsPolled)
  else
    for (const line of table(['source', 'goes on', 'of', 'filter'], found.map(markRow)))
      console.log(line)
  return 0
}

/** Exit code 0. Throws `bad-request` for a file that holds no mark, `refused` without `yes` where the
 * source has one. */
export async function importFile(
  options: MarkOptions & { file: string; source: string; yes?: boolean },
): Promise<number> {
  const { json, file, source, yes = false, ...where } = options
  const { mark, databases } = readMarkFile(await contentOf(file), file)
  const positions = counted(databases, 'database')
  if (!json)
    console.log(
      printable(
        `${file}: a mark of ${count(mark.length)} characters, with a position in ${positions}`,
      ),
    )
  const checkpoint: Checkpoint = { mode: 'enum', mark }
  const before = await put({ ...where, source, replace: yes }, checkpoint)
  if (json) console.log(JSON.stringify({ source, checkpoint, databases, before: before ?? null }))
  else console.log(`${colors.green('✔')} ${printable(source)} goes on after it`)
  return 0
}

/** ms since 1970, or a mark: where to go on. Exit code 0. */
export async function set(
  options: MarkOptions & { source: string; since?: number; mark?: string },
): Promise<number> {
  const { json, source, since, mark, ...where } = options
  const checkpoint = mark === undefined ? from(since ?? 0) : at(mark.trim())
  const before = await put({ ...where, source, replace: true }, checkpoint)
  if (json) {
    console.log(JSON.stringify({ source, checkpoint, before: before ?? null }))
    return 0
  }
  console.log(`${colors.green('✔')} ${printable(source)} goes on ${placeText(checkpoint)}`)
  if (before)
    console.log(
      printable(
        `before: ${placeText(before)}${before.mark === undefined ? '' : `, ${before.mark}`}`,
      ),
    )
  return 0
}

/**
 * `30d`, `12h`, `0` (everything), `2026-11-01` (UTC) or `2026-11-01T08:00:00+01:00` as ms since 1970,
 * not after `now`; undefined for anything else.
 */
export function parseSince(text: string, now = Date.now()): number | undefined {
  if (text === '0') return 0
  const [, digits, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  const time =
    digits === undefined
      ? moment(text.includes('T') ? text : `${text}T00:00:00Z`)
      : now - Number(digits) * (units[unit] ?? 0)
  return time === undefined || time > now ? undefined : Math.max(0, time)
}

const units: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

async function marksIn(verbs: Verbs): Promise<ShownMark[]> {
  const [{ sources }, { queues }] = [await verbs.status({}), await verbs.list({})]
  return sources
    .filter(({ type }) => type === 'netwrix-api')
    .map(({ name }) => {
      const stored = queues.find(({ queue }) => queue === name)?.checkpoint
      if (stored === undefined) return { source: name, checkpoint: null }
      const checkpoint = readCheckpoint(stored, `sources.${name}`)
      const databases = databasesIn(checkpoint.mark ?? '')
      return { source: name, checkpoint, ...(databases === undefined ? {} : { databases }) }
    })
}

/** Returns what was there before, as far as it can be read. */
async function put(
  { source, replace, ...where }: ReachOptions & { source: string; replace: boolean },
  checkpoint: Checkpoint,
): Promise<Checkpoint | undefined> {
  const { before } = await reach({ make: true, ...where }, (verbs) =>
    verbs.setCheckpoint({
      source,
      checkpoint: writeCheckpoint(checkpoint),
      replace,
      who: whoRuns(),
    }),
  )
  try {
    return before === undefined ? undefined : readCheckpoint(before, source)
  } catch {
    return undefined
  }
}

async function contentOf(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file)
    if (size > largestFile)
      throw error('bad-request', `${file} has ${size} bytes: no mark is as large`)
    return await readFile(file)
  } catch (thrown) {
    const { name } = thrown as Error
    if (name === 'CeflineError') throw thrown
    throw unreadable(file, thrown)
  }
}

function from(since: number): Checkpoint {
  if (since === 0) return firstCheckpoint(0, 0, undefined)
  return { mode: 'search', from: asWhen(since) }
}

function at(mark: string): Checkpoint {
  if (isMarkText(mark)) return { mode: 'enum', mark }
  throw error(
    'bad-request',
    `"${shorten(printable(mark), 40)}" is no mark, as it is not base64; copy it whole, or use mark import for a file`,
  )
}

function markRow({ source, checkpoint, databases }: ShownMark): string[] {
  if (!checkpoint) return [source, 'has not begun', '', '']
  const positions = databases === undefined ? '' : ` (${counted(databases, 'database')})`
  const place = `${placeText(checkpoint)}${checkpoint.mark === undefined ? '' : positions}`
  return [source, place, checkpoint.url ?? 'any server', checkpoint.filter?.text ?? 'none']
}

function placeText({ from: oldest, mark }: Checkpoint): string {
  const range = oldest === undefined ? 'at the first record' : `at ${oldest}`
  return mark === undefined ? range : `after a mark of ${count(mark.length)} characters`
}
