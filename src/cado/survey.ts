/**
 * What there is on the platform: the wanted projects, their evidence, and the runs of its processing.
 */
import { error } from '../error.ts'
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
  evidence: Seen[]
}

/** Throws `not-found` when no project is seen at all, as then something is wrong with the token. */
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
  for (const project of chosen) {
    const items = await listEvidence(api, project, signal)
    if (items.length === 0) continue
    const runs = await listRuns(api, project.id, signal)
    for (const item of items) evidence.push({ item, runs: runs.get(item.id) ?? [] })
  }
  return { projects: chosen, missing, evidence }
}
