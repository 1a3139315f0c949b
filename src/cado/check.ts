/**
 * The last step of `cefline check` for the Cado API: what the first round will see, with counts. It asks
 * for one event of one timeline too, as a token may see projects and no timeline; nothing is changed.
 */
import { counted, nameOf } from './notices.ts'
import type { CadoApi } from './client.ts'
import { judge } from './plan.ts'
import { TimelinePages } from './pages.ts'
import { survey } from './survey.ts'
import type { Checkpoint } from './checkpoint.ts'

export interface Checked {
  projects: readonly string[] | null
  partial: boolean
  /** ms */
  timeout: number
}

/** Projects that are named; of the others only the number. */
const mostNamed = 10

export async function describePlatform(
  api: CadoApi,
  checkpoint: Checkpoint,
  { projects: wanted, partial, timeout }: Checked,
  signal: AbortSignal,
): Promise<string> {
  const { projects, missing, refused, evidence } = await survey(api, wanted, signal)
  const { from } = checkpoint
  const due = evidence.filter(({ item, runs }) => {
    return judge(runs, checkpoint.evidence.get(item.id), { from, partial }).due !== undefined
  })
  const names = projects.slice(0, mostNamed).map(({ id, name }) => `“${name}” (${id})`)
  const more = projects.length - names.length
  const parts = [
    `the token sees ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
    `${counted(evidence.length)} evidence items, ${counted(due.length)} timelines to be fetched`,
  ]
  if (missing.length > 0) parts.push(`NOT FOUND: ${missing.join(', ')}`)
  for (const { project, reason } of refused) parts.push(`NOT READ: “${project.name}”: ${reason}`)
  const [one] = due.length > 0 ? due : evidence
  if (one) {
    const page = await new TimelinePages(1, timeout).page(api, one.item, undefined, signal)
    const total = page.total === undefined ? 'no total told' : `${counted(page.total)} events`
    parts.push(`the timeline of ${nameOf(one.item)} can be read (${total})`)
  }
  return parts.join('; ')
}
