/**
 * The runs of processing (the API's pipelines of type `processing`) of a project's evidence: asked for
 * once for a project and not once for each item, as there may be hundreds of items.
 */
import { isCeflineError } from '../error.ts'
import { isJson, wholeOf } from './answer.ts'
import type { Json } from './answer.ts'
import type { CadoApi } from './client.ts'
import { listAll } from './listing.ts'

export interface Run {
  id: number
  /** Of the evidence. */
  evidence: number
  /** ms since 1970. */
  created: number
  /** `complete`, `failed`, `cancelled`, `in_progress`, `queued`, or a word that is new. */
  status: string
}

/** Below this a time is taken for seconds: as ms it would be in 1973. */
const leastMilliseconds = 1e11

/** Of all evidence of the project, by evidence, each newest first. */
export async function listRuns(
  api: CadoApi,
  project: number,
  signal: AbortSignal,
): Promise<Map<number, Run[]>> {
  const query = { project_id: project, type: 'processing', order_by: '-created' }
  const entries = await listAll(api, 'pipelines', query, idOf, signal)
  const runs = new Map<number, Run[]>()
  for (const entry of entries) {
    const run = readRun(entry)
    if (run) runs.set(run.evidence, [...(runs.get(run.evidence) ?? []), run])
  }
  for (const list of runs.values()) list.sort((a, b) => b.created - a.created || b.id - a.id)
  return runs
}

/** Why a run failed: its failed tasks with the last that each said; '' when nobody says, as then too
 * that it failed must be told. */
export async function whyFailed(api: CadoApi, run: number, signal: AbortSignal): Promise<string> {
  const data = await api.get(`pipelines/${run}`, {}, signal).then(
    (answer) => answer.data,
    (thrown: unknown) => {
      if (isCeflineError(thrown)) return undefined
      throw thrown
    },
  )
  const tasks = isJson(data) && Array.isArray(data['subtasks']) ? data['subtasks'] : []
  const failed = (tasks as unknown[]).filter(isJson).filter(({ state }) => state === 'FAILURE')
  return failed.map((task) => [task['name'], lastText(task)].filter(isText).join(': ')).join('; ')
}

function idOf({ pipeline }: Json): number | undefined {
  return isJson(pipeline) ? wholeOf(pipeline['id']) : undefined
}

/** Undefined for one that is of no evidence, or of another type than asked for. */
function readRun(entry: Json): Run | undefined {
  const { pipeline, evidence, created, status } = entry
  const id = idOf(entry)
  const of = isJson(evidence) ? wholeOf(evidence['id']) : undefined
  const type = isJson(pipeline) ? pipeline['type'] : undefined
  if (id === undefined || of === undefined) return undefined
  if (type !== undefined && type !== 'processing') return undefined
  return { id, evidence: of, created: timeOf(created), status: String(status) }
}

function timeOf(created: unknown): number {
  if (typeof created !== 'number' || !Number.isFinite(created)) return 0
  return created < leastMilliseconds ? created * 1000 : created
}

function lastText({ progress_text: lines }: Json): string {
  const last: unknown = Array.isArray(lines) ? lines.at(-1) : undefined
  return typeof last === 'string' ? last : ''
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
