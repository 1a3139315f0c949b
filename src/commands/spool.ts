/**
 * `cefline spool`: what lies in the spool and who holds it (`ls`), whether it can be read (`verify`),
 * the lines that wait (`export`), and the release of a destination that is gone (`forget`).
 */
import type { Writable } from 'node:stream'
import colors from 'picocolors'
import type { ExportQuery, SpoolListing } from '../control/verbs.ts'
import { error } from '../error.ts'
import { printable } from '../io/printable.ts'
import type { DamagedBlock } from '../spool/spool.ts'
import { verifySpool } from '../spool/verify.ts'
import type { Verification } from '../spool/verify.ts'
import { folderOf, reach } from './reach.ts'
import type { ReachOptions } from './reach.ts'
import { whoRuns } from './who.ts'
import { age, count, counted, size, table, write } from './text.ts'

interface SpoolOptions extends ReachOptions {
  json?: boolean
}

/** Exit code 0. */
export async function list({ json, ...options }: SpoolOptions): Promise<number> {
  const listing = await reach(options, (verbs) => verbs.list({}))
  if (json) console.log(JSON.stringify(listing, null, 2))
  else for (const line of listingText(listing)) console.log(line)
  return 0
}

function listingText(listing: SpoolListing): string[] {
  const { folder, bytes, maxBytes, full, queues, positions, oldestWaitingAt, strangers } = listing
  const left = [...strangers].map(
    ({ destination, queue }) =>
      `${destination} no longer reads ${queue}: its position is kept and holds nothing (cefline spool forget ${destination})`,
  )
  const waits = Object.entries(oldestWaitingAt).map(
    ([destination, at]) => `the oldest line for ${destination} has waited ${age(at)}`,
  )
  const damaged = listing.damaged.map(
    ({ queue, sequence, lines, file }) =>
      `block ${sequence} of ${queue} was damaged: ${counted(lines, 'line')}, now ${file}`,
  )
  return [
    printable(`spool ${folder}: ${size(bytes)} of ${size(maxBytes)}${full ? ', full' : ''}`),
    '',
    ...table(
      ['queue', '#blocks', '#lines', '#bytes', '#oldest block', '#newest block', '#ids remembered'],
      queues.map(({ queue, oldest, newest, lines, bytes, remembered }) => [
        queue,
        ...[newest - oldest + 1, lines].map(count),
        size(bytes),
        ...[oldest, newest].map(String),
        count(remembered),
      ]),
    ),
    '',
    ...table(
      ['destination', 'queue', '#received up to', '#lines waiting'],
      positions.map(({ destination, queue, sequence, waiting }) => [
        destination,
        queue,
        String(sequence),
        count(waiting),
      ]),
    ),
    '',
    ...[...waits, ...left, ...damaged].map(printable),
  ]
}

/**
 * Reads everything in a process of its own, beside an appliance that runs or not, and sets aside
 * what is damaged. Exit code 0 when nothing is, else 1.
 */
export async function verify(options: SpoolOptions & { dryRun?: boolean }): Promise<number> {
  const { json, dryRun, ...where } = options
  const folder = folderOf(where)
  const found = await verifySpool(folder)
  const { damaged, died } = found
  // What is no block (a page of ids, a record of the books) is the spool's own to make good.
  const blocks = damaged
    .filter(({ sequence }) => sequence > 0)
    .map(({ queue, sequence, reason }) => ({ queue, sequence, reason }))
  // A spool whose reading ends the reader would end its owner as well.
  const sets = !dryRun && died === undefined && blocks.length > 0
  const aside = sets ? await reach(where, (verbs) => verbs.setAside({ found: blocks })) : []
  if (json) console.log(JSON.stringify({ folder, ...found, setAside: aside }, null, 2))
  else for (const line of verifiedText(folder, found, aside)) console.log(line)
  return damaged.length === 0 && died === undefined ? 0 : 1
}

function verifiedText(folder: string, found: Verification, aside: DamagedBlock[]): string[] {
  const { blocks, lines, bytes, ids, rejects, damaged, died } = found
  const bad = (text: string) => `${colors.red('✘')} ${printable(text)}`
  const lost = damaged.reduce((sum, { lines }) => sum + lines, 0)
  return [
    printable(
      `${folder}: ${counted(blocks, 'block')}, ${counted(lines, 'line')}, ${size(bytes)}, ${counted(ids, 'id')}, ${counted(rejects, 'reject')}`,
    ),
    ...damaged.map((finding) => bad(findingText(finding, aside))),
    ...(died === undefined ? [] : [bad(`reading it ended the reader: ${died}`)]),
    damaged.length === 0 && died === undefined
      ? `${colors.green('✔')} all of it can be read`
      : colors.red(`damaged in ${counted(damaged.length, 'place')}, with ${counted(lost, 'line')}`),
  ]
}

function findingText(
  { queue, sequence, lines, reason }: Verification['damaged'][number],
  aside: DamagedBlock[],
): string {
  if (sequence === 0) return queue === '' ? reason : `${queue}: ${reason}`
  const set = aside.find((block) => block.queue === queue && block.sequence === sequence)
  const place = set === undefined ? 'still in the spool' : `set aside as ${set.file}`
  return `block ${sequence} of ${queue}, ${counted(lines, 'line')}: ${reason}; ${place}`
}

/** Exit code 0. Throws `not-found` when the destination has no position that could be released. */
export async function forget(options: SpoolOptions & { destination: string }): Promise<number> {
  const { json, destination, ...where } = options
  const released = await reach(where, (verbs) => verbs.forget({ destination, who: whoRuns() }))
  if (released === 0) {
    throw error(
      'not-found',
      `nothing is kept for "${destination}": take it out of the configuration first, or see cefline spool ls for the names`,
    )
  }
  if (json) console.log(JSON.stringify({ destination, released }))
  else
    console.log(printable(`${destination} is forgotten: ${counted(released, 'position')} released`))
  return 0
}

/** The lines that wait, to standard output: CEF, or with `json` time and severity as well. */
export async function exportLines(
  options: SpoolOptions & ExportQuery,
  output: Writable & { isTTY?: boolean } = process.stdout,
): Promise<number> {
  const { json, queue, destination, ...where } = options
  const query = destination === undefined ? { queue } : { queue, destination }
  const shown = output.isTTY === true ? printable : (text: string) => text
  await reach(where, async (verbs) => {
    for await (const lines of verbs.lines(query)) {
      const texts = lines.map((line) => (json ? JSON.stringify(line) : shown(line.cef)))
      await write(output, `${texts.join('\n')}\n`)
    }
  })
  return 0
}
