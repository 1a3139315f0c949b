/**
 * What is said when Cefline has started: what it watches, where it sends, where the status page is,
 * and what deserves a warning.
 */
import type { Changes } from './running.ts'
import { strandedText } from '../control/stranded.ts'
import { retryQueue } from '../control/take-back.ts'
import { paceOf, partOf } from '../components.ts'
import { embeddedDefault } from '../config/load.ts'
import type { Configuration } from '../config/load.ts'
import { isContainerLayer } from '../io/volume.ts'
import type { LmdbSpool } from '../spool/spool.ts'
import { version } from '../version.ts'

export function startLines(
  { sources, destinations, spool, origin }: Configuration,
  state: LmdbSpool,
  statusPage: string,
): string[] {
  const waiting = destinations.map(({ name }) => `${state.waiting(name).lines} lines for ${name}`)
  return [
    `Cefline ${version}, configuration: ${origin}`,
    ...sources.map(partOf).map(({ name, type, where }) => `reads ${where} (${name}: ${type})`),
    ...destinations.map((destination) => {
      const { name, type, where } = partOf(destination)
      return `sends to ${where} (${name}: ${type}), ${paceOf(destination)}`
    }),
    `spool ${spool.folder}: ${waiting.join(', ')} waiting`,
    statusPage,
  ]
}

export async function startWarnings(
  configuration: Configuration,
  state: LmdbSpool,
): Promise<string[]> {
  const { folder } = configuration.spool
  const warnings = [...configuration.warnings, ...strandedIn(state, configuration)]
  const damaged = state.damaged().length
  if (damaged > 0) {
    warnings.push(`${damaged} damaged blocks of the spool were set aside in its folder "damaged"`)
  }
  // Who has configured nothing tries it out.
  if (configuration.origin !== embeddedDefault && (await isContainerLayer(folder))) {
    warnings.push(
      `spool.folder: "${folder}" is in the container's own layer and is lost with the container; mount a volume there`,
    )
  }
  return warnings
}

/** The same in one sentence, for the SIEM. */
export function startText({ sources, destinations, origin }: Configuration): string {
  const names = (list: readonly { name: string }[]) => list.map(({ name }) => name).join(', ')
  return `Cefline ${version} runs; configuration: ${origin}; sources: ${names(sources)}; destinations: ${names(destinations)}`
}

/** What is new about a configuration, and what it leaves behind in the spool. */
export function changedWarnings(
  spool: LmdbSpool,
  now: Configuration,
  next: Configuration,
  { sources, destinations }: Changes,
): string[] {
  const warnings = next.warnings.filter((warning) => !now.warnings.includes(warning))
  const leaves = [...sources.filter(({ what }) => what === 'removed'), ...destinations]
  if (leaves.every(({ what }) => what === 'added')) return warnings
  return [...warnings, ...strandedIn(spool, next)]
}

/** What the spool holds and this configuration does not send. */
export function strandedIn(spool: LmdbSpool, { sources, destinations }: Configuration): string[] {
  const isDestination = (name: string) => destinations.some((one) => one.name === name)
  const queues = new Set([
    ...sources.map(({ name }) => name),
    ...destinations.map(({ name }) => retryQueue(name)),
  ])
  const lines = spool
    .queues()
    .filter(({ queue, lines }) => lines > 0 && !queues.has(queue))
    .map(({ queue, lines }) => strandedText(queue, lines))
  const positions = spool
    .strangers()
    .filter(({ queue }) => queues.has(queue))
    .map(({ destination, queue }) =>
      isDestination(destination)
        ? `destination "${destination}" no longer reads "${queue}": its position is kept and holds nothing back`
        : `the spool knows a destination "${destination}" (of ${queue}) that the configuration does not have: its position is kept and holds nothing back`,
    )
  return [...lines, ...positions]
}
