/**
 * `cefline status`: the books. Of each source what became of the records it read, of each destination
 * what became of the lines that were spooled for it, and whether that adds up.
 *
 * Exit code 0 when all of it does, 1 when anything is missing.
 */
import colors from 'picocolors'
import { strandedText } from '../control/stranded.ts'
import type { Overview } from '../control/verbs.ts'
import type { Running } from '../control/wire.ts'
import { printable } from '../io/printable.ts'
import { destinationDifference, sourceDifference } from '../telemetry/ledger.ts'
import { reach } from './reach.ts'
import type { ReachOptions } from './reach.ts'
import { age, count, counted, size, table } from './text.ts'

export interface StatusOptions extends ReachOptions {
  json?: boolean
}

export async function status({ json, ...options }: StatusOptions): Promise<number> {
  const { overview, running } = await reach(options, async (verbs, running) => {
    return { overview: await verbs.status({}), running }
  })
  const missing = missingFrom(overview)
  if (json) {
    const addsUp = missing.length === 0
    console.log(JSON.stringify({ running: running ?? null, addsUp, ...overview }, null, 2))
  } else {
    for (const line of textOf(overview, running, missing)) console.log(line)
  }
  return missing.length === 0 ? 0 : 1
}

/** What does not add up, one sentence each. */
function missingFrom({ sources, others, destinations }: Overview): string[] {
  return [
    ...[...sources, ...others].flatMap(({ name, ledger }) =>
      sentence(sourceDifference(ledger), 'record', `read from ${name}`),
    ),
    ...destinations.flatMap(({ name, ledger }) =>
      ledger.flatMap((books) =>
        sentence(destinationDifference(books), 'line', `spooled for ${name} in ${books.queue}`),
      ),
    ),
  ]
}

function sentence(difference: number, what: string, where: string): string[] {
  if (difference > 0) return [`${counted(difference, what)} ${where}: nowhere to be found`]
  return difference < 0 ? [`${counted(-difference, what)} more than ${where}`] : []
}

function textOf(overview: Overview, running: Running | undefined, missing: string[]): string[] {
  const { destinations, damaged } = overview
  return [
    ...headOf(overview, running),
    '',
    ...table(
      [
        '',
        'source',
        '#read',
        '#= spooled',
        '#+ given before',
        '#+ left out',
        '#+ rejected',
        'state',
      ],
      sourceRows(overview, running !== undefined),
    ).map(painted),
    '',
    ...table(
      [
        '',
        'destination',
        'queue',
        '#spooled',
        '#= received',
        '#+ waiting',
        '#+ refused',
        '#+ damaged',
      ],
      destinations.flatMap(({ name, ledger }) =>
        ledger.map((books) => [
          tick(destinationDifference(books)),
          name,
          books.queue,
          ...[books.spooled, books.received, books.waiting, books.refused, books.damaged].map(
            count,
          ),
        ]),
      ),
    ).map(painted),
    '',
    ...destinations.map((destination) => printable(lineOf(destination, running !== undefined))),
    ...damaged.map(({ queue, sequence, lines, file }) =>
      colors.red(
        printable(`damaged: block ${sequence} of ${queue}, ${counted(lines, 'line')}, now ${file}`),
      ),
    ),
    ...strandedTexts(overview).map((text) => colors.yellow(printable(text))),
    ...missing.map((text) => colors.red(`does not add up: ${printable(text)}`)),
  ]
}

function headOf(overview: Overview, running: Running | undefined): string[] {
  const { spool, configuration, startedAt } = overview
  const runs =
    running === undefined
      ? 'Cefline is not running here'
      : `Cefline ${running.version} runs as process ${running.pid} since ${startedAt}`
  const full = spool.full ? ', full: the sources wait' : ''
  return [
    printable(`${runs}; configuration: ${configuration}`),
    printable(`spool ${spool.folder}: ${size(spool.bytes)} of ${size(spool.maxBytes)}${full}`),
    `${counted(spool.rejects, 'reject')} kept, ${counted(overview.damaged.length, 'damaged block')} set aside`,
  ]
}

function sourceRows({ sources, others }: Overview, runs: boolean): string[][] {
  const row = (name: string, ledger: Overview['sources'][number]['ledger'], state: string) => [
    tick(sourceDifference(ledger)),
    name,
    ...[ledger.read, ledger.spooled, ledger.alreadyGiven, ledger.ignored, ledger.rejected].map(
      count,
    ),
    state,
  ]
  return [
    ...sources.map(({ name, ledger, state, problem, silentSince }) => {
      const silent = silentSince === undefined ? state : `silent for ${age(silentSince)}`
      const shown = problem === undefined ? silent : `${state}: ${problem}`
      return row(name, ledger, runs ? shown : '')
    }),
    ...others
      .filter(({ ledger, lines }) => ledger.read > 0 || lines > 0)
      .map(({ name, ledger }) => row(name, ledger, '')),
  ]
}

/** What lies in the spool and no destination reads, such as the rest of a source that was removed. */
function strandedTexts({ others, destinations }: Overview): string[] {
  const read = new Set(destinations.flatMap(({ ledger }) => ledger.map(({ queue }) => queue)))
  return others
    .filter(({ name, lines }) => lines > 0 && !read.has(name))
    .map(({ name, lines }) => strandedText(name, lines))
}

function lineOf(destination: Overview['destinations'][number], runs: boolean): string {
  const { name, where, state, detail, proof, waiting, oldestWaitingAt } = destination
  const oldest = oldestWaitingAt === undefined ? '' : `, the oldest for ${age(oldestWaitingAt)}`
  const waits = waiting === 0 ? 'nothing waits' : `${counted(waiting, 'line')} waiting${oldest}`
  if (!runs) return `${name} (${where}): ${waits}`
  const shown = detail === undefined ? state : `${state}: ${detail}`
  return `${name} (${where}): ${waits}; receipts by ${proof ?? '(none yet)'}; ${shown}`
}

function tick(difference: number): string {
  return difference === 0 ? '✔' : '✘'
}

function painted(line: string): string {
  if (line.startsWith('✔')) return colors.green('✔') + line.slice(1)
  return line.startsWith('✘') ? colors.red(line) : colors.bold(line)
}
