/**
 * The projects that the token sees, and which of them are wanted.
 */
import { isJson, wholeOf } from './answer.ts'
import type { CadoApi } from './client.ts'
import { listAll } from './listing.ts'

export interface Project {
  id: number
  name: string
}

/** All that the token sees, the oldest first. */
export async function listProjects(api: CadoApi, signal: AbortSignal): Promise<Project[]> {
  const idOf = (entry: Record<string, unknown>) => wholeOf(entry['id'])
  const entries = await listAll(api, 'projects', { order_by: 'created' }, idOf, signal)
  return entries.map((entry) => {
    const { details } = entry
    const id = idOf(entry) ?? 0
    const name = isJson(details) ? details['name'] : entry['case_name']
    return { id, name: typeof name === 'string' && name !== '' ? name : String(id) }
  })
}

/** Those of these names or ids (null: all), and the words that are none's. A name that several projects
 * have means all of them; capitals count, as Cado lets two names differ by them. */
export function chooseProjects(
  projects: readonly Project[],
  wanted: readonly string[] | null,
): { chosen: Project[]; missing: string[] } {
  if (wanted === null) return { chosen: [...projects], missing: [] }
  const isOne = ({ id, name }: Project, word: string) => name === word || String(id) === word
  return {
    chosen: projects.filter((project) => wanted.some((word) => isOne(project, word))),
    missing: wanted.filter((word) => !projects.some((project) => isOne(project, word))),
  }
}
