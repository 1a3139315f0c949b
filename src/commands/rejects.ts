/**
 * `cefline rejects`: the records that could not be mapped and the lines that a destination did not
 * take. To be listed (`ls`), seen whole (`show`), tried again once the reason is gone (`retry`), and
 * in the end removed (`purge`).
 */
import colors from 'picocolors'
import type { ListedReject, RejectChoice, Retried, ShownReject, Verbs } from '../control/verbs.ts'
import { printable, shorten } from '../io/printable.ts'
import { untilAborted } from '../io/until-aborted.ts'
import type { RejectQuery } from '../spool/spool.ts'
import { interruption } from './interruption.ts'
import { reach } from './reach.ts'
import type { ReachOptions } from './reach.ts'
import { count, counted, table } from './text.ts'
import { whoRuns } from './who.ts'

interface RejectsOptions extends ReachOptions {
  json?: boolean
}

const usualLimit = 100
/** Characters of a reason in the list; `show` has it whole. */
const reasonLength = 160

/** Exit code 0. */
export async function list(
  options: RejectsOptions & Omit<RejectQuery, 'limit'> & { limit?: number },
): Promise<number> {
  const { json, config, folder, limit = usualLimit, ...query } = options
  // One more than is shown tells whether there is more.
  const asked = { ...query, limit: limit + 1 }
  const found = await reach({ config, folder }, (verbs) => verbs.rejects(asked))
  const rejects = found.slice(0, limit)
  const more = found.length > limit ? rejects.at(-1)?.number : undefined
  if (json) console.log(JSON.stringify({ rejects, more: more !== undefined }, null, 2))
  else if (rejects.length === 0) console.log('there are none')
  else for (const line of listText(rejects, more)) console.log(line)
  return 0
}

function listText(rejects: readonly ListedReject[], last: number | undefined): string[] {
  const lines = table(
    ['#number', 'when', 'code', 'of', 'origin', 'reason'],
    rejects.map(({ number, at, code, origin, row, reason, ...reject }) => [
      String(number),
      new Date(at).toISOString(),
      code,
      ownerOf(reject),
      row === 0 ? origin : `${origin} row ${row}`,
      shorten(reason, reasonLength),
    ]),
  )
  return last === undefined ? lines : [...lines, `there are more: --after ${last}`]
}

/** Exit code 1 when there is no reject of one of the numbers. */
export async function show(options: RejectsOptions & { numbers: number[] }): Promise<number> {
  const { json, numbers, ...where } = options
  const left = new Set(numbers)
  await reach(where, async (verbs) => {
    for await (const reject of verbs.records({ numbers })) {
      left.delete(reject.number)
      console.log(json ? JSON.stringify(reject) : showText(reject))
    }
  })
  for (const number of left) console.error(`there is no reject ${number}`)
  return left.size === 0 ? 0 : 1
}

function showText(reject: ShownReject): string {
  const { number, at, code, origin, row, reason, record, time, severity } = reject
  const facts: [name: string, value: string | undefined][] = [
    ['set aside', new Date(at).toISOString()],
    [reject.destination === undefined ? 'source' : 'destination', ownerOf(reject)],
    ['origin', row === 0 ? origin : `${origin} row ${row}`],
    ['reason', reason],
    ['event', time === undefined ? undefined : new Date(time).toISOString()],
    ['severity', severity === undefined ? undefined : String(severity)],
    ['id', reject.id],
  ]
  return [
    colors.bold(`reject ${number} (${code})`),
    ...facts.flatMap(([name, value]) =>
      value === undefined ? [] : [`  ${name.padEnd(11)}  ${printable(value)}`],
    ),
    ...record.split(/\r?\n/).map((line) => `  | ${printable(line)}`),
    '',
  ].join('\n')
}

/** Exit code 0 when none of the chosen is left, else 1; 129, 130 and 143 when it was interrupted. */
export async function retry(options: RejectsOptions & RejectChoice): Promise<number> {
  const { json, config, folder, ...choice } = options
  const sums = { back: 0, given: 0, rejected: 0, unknown: 0 }
  const interrupted = await change({ config, folder }, async (verbs) => {
    for await (const step of verbs.retry({ ...choice, who: whoRuns() })) {
      for (const one of step) {
        sums[one.result] += 1
        console.log(json ? JSON.stringify(one) : retriedText(one))
      }
    }
  })
  if (interrupted !== undefined) return interrupted
  if (json) {
    // A reader of JSON is given something also where there was nothing to try.
    if (Object.values(sums).every((sum) => sum === 0)) console.log(JSON.stringify(sums))
  } else {
    console.log(
      `${count(sums.back)} back in a queue, ${count(sums.given)} given before, ${count(sums.rejected)} still rejected`,
    )
  }
  return sums.rejected + sums.unknown === 0 ? 0 : 1
}

function retriedText({ number, result, queue = '', code, reason = '' }: Retried): string {
  const good = colors.green('✔')
  const bad = colors.red('✘')
  const texts = {
    back: `${good} ${number} back in the queue ${printable(queue)}`,
    given: `${good} ${number} was given before to the queue ${printable(queue)}: nothing to add`,
    rejected: `${bad} ${number} still rejected (${code}): ${printable(reason)}`,
    unknown: `${bad} ${number} is not among the rejects`,
  }
  return texts[result]
}

/** Exit code 0, also when nothing matches; 129, 130 and 143 when it was interrupted. */
export async function purge(options: RejectsOptions & RejectChoice): Promise<number> {
  const { json, config, folder, ...choice } = options
  let purged = 0
  const interrupted = await change({ config, folder }, async (verbs) => {
    purged = await verbs.purge({ ...choice, who: whoRuns() })
  })
  if (interrupted !== undefined) return interrupted
  console.log(json ? JSON.stringify({ purged }) : `${counted(purged, 'reject')} removed for good`)
  return 0
}

/** Does the work, which an interruption ends with its present step, so that the SIEM is told of what was
 * done. Resolves to the exit code when it was interrupted. */
async function change(
  where: ReachOptions,
  work: (verbs: Verbs) => Promise<void>,
): Promise<number | undefined> {
  const interrupted = interruption(() => {
    console.error('interrupted: what is left is in cefline rejects ls')
  })
  try {
    await reach(where, (verbs) => untilAborted(work(verbs), interrupted.signal))
  } catch (thrown) {
    if (interrupted.code === undefined) throw thrown
  } finally {
    interrupted.end()
  }
  return interrupted.code
}

function ownerOf({ source, destination }: Pick<ListedReject, 'source' | 'destination'>): string {
  return destination === undefined ? source : `${destination} (of ${source})`
}
