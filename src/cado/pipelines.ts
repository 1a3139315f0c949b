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
  /** Tells it from every other run, also from one of the same number: that of a platform which was set
   * up again, or its own when it was run again (`POST /pipelines/rerun`). */
  key: string
  /** Of the evidence. */
  evidence: number
  /** ms since 1970; 0: nobody says. */
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
  const begun = timeOf(created)
  // Whole seconds: another version of the platform may give its times in another unit.
  const key = [id, ...[begun, lastFinish(entry)].map((time) => Math.floor(time / 1000))].join('-')
  return { id, key, evidence: of, created: begun, status: String(status) }
}

/** When the last of its tasks ended, in ms; 0: none did, or nobody says. */
function lastFinish({ subtasks }: Json): number {
  const tasks = Array.isArray(subtasks) ? (subtasks as unknown[]).filter(isJson) : []
  return tasks.reduce((last, task) => Math.max(last, timeOf(task['finish_time'])), 0)
}

/** Also of a date in words, as other versions may have it. */
function timeOf(time: unknown): number {
  if (typeof time === 'string') return Date.parse(time) || 0
  if (typeof time !== 'number' || !Number.isFinite(time)) return 0
  return time < leastMilliseconds ? time * 1000 : time
}

function lastText({ progress_text: lines }: Json): string {
  const last: unknown = Array.isArray(lines) ? lines.at(-1) : undefined
  return typeof last === 'string' ? last : ''
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
