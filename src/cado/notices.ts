/**
 * What the source `cado-api` tells beside its events.
 */
import type { Notice } from '../core.ts'
import { printable, shorten } from '../io/printable.ts'
import type { EvidenceItem } from './evidence.ts'
import type { Run } from './pipelines.ts'
import type { Project } from './projects.ts'

/** `evidence 12 “web-01”`: the name comes from the platform. */
export function nameOf({ id, name }: Pick<EvidenceItem, 'id' | 'name'>): string {
  return `evidence ${id} “${shorten(printable(name), 100)}”`
}

/** The other way round, as a reject's origin has it. */
export function evidenceOf(text: string): { id: number | undefined; name: string } {
  const [, id, name = text] = /^evidence (\d+) “(.*)”$/.exec(text) ?? []
  return { id: id === undefined ? undefined : Number(id), name }
}

export function begun(item: EvidenceItem, run: Run, total: number | undefined): Notice {
  const count = total === undefined ? 'number of events not told' : `${counted(total)} events`
  const project = shorten(printable(item.project.name), 100)
  return info(
    'timeline-begun',
    `${nameOf(item)} of project “${project}”: processing ${run.id} is ${run.status}; its timeline is ` +
      `fetched (${count}); what was given before is left out`,
  )
}

export function progress(item: EvidenceItem, events: number, total: number | undefined): Notice {
  const of = total === undefined ? '' : ` of ${counted(total)}`
  return info('timeline-progress', `${nameOf(item)}: ${counted(events)}${of} events`)
}

export interface Counts {
  /** Rows that the platform gave, those before a restart too. */
  events: number
  /** Of this run of the source. */
  rejected: number
  /** Rows that the platform gave twice. */
  repeated: number
}

export function finished(item: EvidenceItem, { events, rejected, repeated }: Counts): Notice {
  const more = [
    ...(rejected > 0 ? [`${counted(rejected)} rejected`] : []),
    ...(repeated > 0 ? [`${counted(repeated)} given twice by the platform and left out`] : []),
  ]
  const also = more.length === 0 ? '' : `, ${more.join(', ')}`
  if (events === 0) return nothingThere(item)
  return info(
    'timeline-finished',
    `${nameOf(item)}: its timeline is whole: ${counted(events)} events${also}`,
  )
}

/** Processing that is complete and no event may be right, or a search that this platform does not
 * understand as meant: nobody can tell from here. */
function nothingThere(item: EvidenceItem): Notice {
  return {
    level: 'warn',
    code: 'timeline-empty',
    message:
      `${nameOf(item)}: its processing has ended and its timeline has no event: compare with the ` +
      `platform’s own page, where the search “evidence_id: ${item.id}” must find as many; run the ` +
      'processing again to have the timeline fetched once more',
  }
}

/** The platform announced more than it gave. */
export function incomplete(item: EvidenceItem, events: number, total: number): Notice {
  return {
    level: 'warn',
    code: 'timeline-incomplete',
    message:
      `${nameOf(item)}: the platform gave ${counted(events)} events and no more, where it had ` +
      `announced ${counted(total)}: compare with its own count, and run the processing again to have ` +
      'the timeline fetched once more',
  }
}

export function cursorLost(item: EvidenceItem, reason: string): Notice {
  return {
    level: 'warn',
    code: 'cursor-lost',
    message:
      `${nameOf(item)}: the platform does not know the place any more at which its timeline was left ` +
      `(${reason}): it is fetched from the beginning; what was given before is left out, as far as ` +
      'its ids are remembered',
  }
}

/** `why` is '' where the platform does not say. */
export function failed(item: EvidenceItem, run: Run, why: string, partial: boolean): Notice {
  const reason = why === '' ? '' : ` (${shorten(printable(why), 500)})`
  const what = partial
    ? 'what there is of its timeline is fetched'
    : 'its timeline is fetched when a later run completes; partial: true fetches what there is'
  return {
    level: 'warn',
    code: 'processing-failed',
    message: `${nameOf(item)}: processing ${run.id} has ended as ${printable(run.status)}${reason}: ${what}`,
  }
}

export function waiting(item: EvidenceItem, run: Run): Notice {
  const status = shorten(printable(run.status.replaceAll('_', ' ')), 40)
  return info(
    'processing-waits',
    `${nameOf(item)}: processing ${run.id} is ${status}; its timeline is fetched when that has ended`,
  )
}

export function unprocessed(item: EvidenceItem): Notice {
  return info(
    'evidence-unprocessed',
    `${nameOf(item)} has not been processed, so it has no timeline yet`,
  )
}

/** `since` in ms since 1970. */
export function tooOld(count: number, since: number): Notice {
  return info(
    'evidence-too-old',
    `${counted(count)} evidence items are left out, as their processing began before ` +
      `${new Date(since).toISOString()} (since, at the first start)`,
  )
}

export function missingProjects(names: readonly string[]): Notice {
  const list = names.map((name) => `“${shorten(printable(name), 80)}”`).join(', ')
  return {
    level: 'warn',
    code: 'project-missing',
    message:
      `the token sees no project ${list}: check projects (names as the platform shows them, or ` +
      'numbers), and that the token’s account is in it',
  }
}

export function refusedProjects(refused: readonly { project: Project; reason: string }[]): Notice {
  const list = refused.map(({ project: { id, name }, reason }) => {
    return `project “${shorten(printable(name), 80)}” (${id}): ${reason}`
  })
  return {
    level: 'warn',
    code: 'project-refused',
    message: `left out, while the others go on: ${list.join('; ')}. Or list in projects those that are meant`,
  }
}

export function urlChanged(before: string, now: string): Notice {
  return {
    level: 'warn',
    code: 'url-changed',
    message:
      `the stored place was that of ${before}: every timeline is fetched from ${now} from the ` +
      'beginning, and what was given before is left out, as far as its ids are remembered. If that ' +
      'is another platform, give this source another name: its evidence has the same numbers, and ' +
      'an event that both have alike, as of two copies of one image, is left out',
  }
}

function info(code: string, message: string): Notice {
  return { level: 'info', code, message }
}

/** With commas: 1,200,000. */
export function counted(number: number): string {
  return number.toLocaleString('en-US')
}
