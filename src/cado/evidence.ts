/**
 * The evidence items of a project.
 */
import { wholeOf } from './answer.ts'
import type { CadoApi } from './client.ts'
import { listAll } from './listing.ts'
import type { Project } from './projects.ts'

export interface EvidenceItem {
  id: number
  /** As it is displayed. */
  name: string
  project: Project
}

export async function listEvidence(
  api: CadoApi,
  project: Project,
  signal: AbortSignal,
): Promise<EvidenceItem[]> {
  const idOf = (entry: Record<string, unknown>) => wholeOf(entry['id'])
  const entries = await listAll(api, 'evidences', { project_id: project.id }, idOf, signal)
  return entries.map((entry) => {
    const id = idOf(entry) ?? 0
    const name = entry['display_name']
    return { id, name: typeof name === 'string' && name !== '' ? name : String(id), project }
  })
}
