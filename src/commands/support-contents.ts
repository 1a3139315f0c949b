/**
 * The files of a support bundle, in their order: each is made by itself, and one that cannot be had is
 * named with the reason, as what is broken is what the bundle is for.
 */
import { tables } from '../components.ts'
import type { Configuration } from '../config/load.ts'
import { redacted } from '../config/redacted.ts'
import type { Verbs } from '../control/verbs.ts'
import type { Running } from '../control/wire.ts'
import { asCefline } from '../error.ts'
import { tellable, withoutValues } from '../telemetry/without-values.ts'
import type { Finding } from './check.ts'
import { about, certificatesIn, clockHints, filesIn, volumeOf } from './support-machine.ts'
import { latestEvents, listingOf, metricsOf, rejectsOf, statusOf } from './support-spool.ts'

export interface Found {
  now: Date
  /** Undefined: it is wrong, as the findings say. */
  configuration: Configuration | undefined
  findings: readonly Finding[]
  folder: string | undefined
  /** Undefined: nobody can be asked, for this reason. */
  verbs: Verbs | undefined
  running: Running | undefined
  unreached: string
  /** Latest events that were asked for. */
  withEvents: number
}

export interface Part {
  name: string
  /** One sentence. */
  what: string
  /** Undefined: it cannot be had. */
  text: string | undefined
  problem?: string
}

interface Recipe {
  name: string
  what: string
  make: () => Promise<unknown>
}

export async function contentsOf(found: Found): Promise<Part[]> {
  const parts: Part[] = []
  for (const { name, what, make } of recipes(found)) {
    try {
      const made = await make()
      const text = typeof made === 'string' ? made : `${JSON.stringify(made, null, 2)}\n`
      parts.push({ name, what, text })
    } catch (thrown) {
      const { code, message } = asCefline(thrown)
      parts.push({ name, what, text: undefined, problem: tellable(code, message) })
    }
  }
  return parts
}

function recipes(found: Found): Recipe[] {
  const { now, findings, running, withEvents } = found
  const configuration = () =>
    have(found.configuration, 'the configuration is wrong: see check.json')
  const folder = () => have(found.folder, 'the spool’s folder is not known')
  const verbs = () => have(found.verbs, found.unreached)
  const ofRunning = () => have(running && found.verbs, found.unreached || 'no appliance runs')
  const json = (name: string, what: string, make: () => unknown): Recipe => {
    return { name: `${name}.json`, what, make: async () => make() }
  }
  return [
    json('about', 'Release, Node, machine, memory and limits.', () => about(now)),
    json('check', 'What `cefline check` finds.', () => findings.map(quiet)),
    json('configuration', 'The configuration in force for this command, secrets masked.', () =>
      redacted(configuration(), tables),
    ),
    json('certificates', 'Certificates in the files of the configuration.', () =>
      certificatesIn(configuration()),
    ),
    json('volume', 'The volume and mount of the spool.', () => volumeOf(folder())),
    json('files', 'Names and sizes of the files in the spool’s folder.', () => filesIn(folder())),
    json('clock', 'Hints at a clock that is wrong.', async () => {
      const { files } = found.folder === undefined ? { files: [] } : await filesIn(found.folder)
      return clockHints(files, now)
    }),
    json('status', 'The books and states, as `cefline status --json` has them.', async () => ({
      running: running ?? null,
      ...(await statusOf(verbs())),
    })),
    json('spool', 'Queues and positions, as `cefline spool ls --json` has them.', () =>
      listingOf(verbs()),
    ),
    json('rejects', 'Counts of rejects by code, with their reasons without values.', () =>
      rejectsOf(verbs()),
    ),
    json('history-hour', 'Throughput, backlog and latency of the last hour.', () =>
      ofRunning().history({ range: 'hour' }),
    ),
    json('history-day', 'The same of the last day.', () => ofRunning().history({ range: 'day' })),
    {
      name: 'log.jsonl',
      what: 'The last lines of the running appliance’s log.',
      make: async () => (await ofRunning().log({})).map((line) => `${line}\n`).join(''),
    },
    {
      name: 'metrics.txt',
      what: 'The metrics of the running appliance.',
      make: async () => {
        const { page } = await ofRunning().status({})
        return metricsOf(page)
      },
    },
    ...(withEvents === 0
      ? []
      : [
          {
            name: 'events.cef',
            what: `The ${withEvents} latest events, as was asked for: they hold personal data.`,
            make: async () => {
              const lines = await latestEvents(verbs(), withEvents, running !== undefined)
              return lines.map((line) => `${line}\n`).join('')
            },
          },
        ]),
  ]
}

function quiet({ detail, ...finding }: Finding): Finding {
  const isAboutValues = finding.component === 'configuration'
  return {
    ...finding,
    detail: isAboutValues ? tellable('config', detail) : withoutValues(detail),
  }
}

function have<T>(value: T | undefined, otherwise: string): T {
  if (value === undefined) throw new Error(otherwise)
  return value
}
