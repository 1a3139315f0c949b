/**
 * What there is on the platform: the wanted projects, their evidence, and the runs of its processing.
 */
import type { CeflineError } from '../error.ts'
import { error, isCeflineError } from '../error.ts'
import type { CadoApi } from './client.ts'
import { listEvidence } from './evidence.ts'
import type { EvidenceItem } from './evidence.ts'
import { listRuns } from './pipelines.ts'
import type { Run } from './pipelines.ts'
import { chooseProjects, listProjects } from './projects.ts'
import type { Project } from './projects.ts'

export interface Seen {
  item: EvidenceItem
  /** Newest first. */
  runs: Run[]
}

export interface Survey {
  projects: Project[]
  /** Words of `projects` that are none's. */
  missing: string[]
  /** Projects that are listed and must not be read. */
  refused: { project: Project; reason: string }[]
  evidence: Seen[]
}

/** Throws `not-found` when no project is seen at all, as then something is wrong with the token, and what
 * the platform said when none may be read. One that may not be read does not hold up the others. */
export async function survey(
  api: CadoApi,
  wanted: readonly string[] | null,
  signal: AbortSignal,
): Promise<Survey> {
  const { chosen, missing } = chooseProjects(await listProjects(api, signal), wanted)
  if (chosen.length === 0) {
    const which = wanted === null ? 'any project' : `a project of ${wanted.join(', ')}`
    throw error(
      'not-found',
      `${api.place('projects')}: the token does not see ${which}: add its account to the project ` +
        'that is meant, or check projects',
    )
  }
  const evidence: Seen[] = []
  const refused: Survey['refused'] = []
  for (const project of chosen) {
    try {
      evidence.push(...(await evidenceOf(api, project, signal)))
    } catch (thrown) {
      if (!isRefusal(thrown)) throw thrown
      refused.push({ project, reason: thrown.message })
      if (refused.length === chosen.length) throw thrown
    }
  }
  return { projects: chosen, missing, refused, evidence }
}

async function evidenceOf(api: CadoApi, project: Project, signal: AbortSignal): Promise<Seen[]> {
  const items = await listEvidence(api, project, signal)
  if (items.length === 0) return []
  const runs = await listRuns(api, project.id, signal)
  return items.map((item) => ({ item, runs: runs.get(item.id) ?? [] }))
}

/** Also a project that was deleted a moment ago. */
function isRefusal(thrown: unknown): thrown is CeflineError {
  return isCeflineError(thrown) && (thrown.code === 'forbidden' || thrown.code === 'not-found')
}
