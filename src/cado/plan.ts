/**
 * Which timelines are to be fetched, by the runs of processing that there were. A timeline is fetched
 * when the newest run has ended and one has completed since the last fetch:
 *
 *     newest run            what is done
 *     complete              fetched, once; a re-run is another run, also under the same number
 *     failed, cancelled     said, once; the last complete run before it is fetched if it was not yet
 *     queued, in progress   waited for: the timeline is being made
 *     none                  said: nobody has processed this evidence
 *
 * With `partial` a failed or cancelled run counts as a complete one. Of a run whose time nobody knows it is
 * not said that it is too old: better once too often than never.
 */
import type { Standing } from './checkpoint.ts'
import type { EvidenceItem } from './evidence.ts'
import type { Run } from './pipelines.ts'

export interface Verdict {
  /** The timeline is to be fetched as this run left it. */
  due?: Run
  /** It failed or was cancelled, and nobody was told. */
  failed?: Run
  /** It has not ended. */
  waiting?: Run
  /** There is no run. */
  isUnprocessed?: true
  /** The newest run was created before the source looks back. */
  isTooOld?: true
}

export interface Due {
  item: EvidenceItem
  run: Run
}

const ended = ['complete', 'failed', 'cancelled']

/** `runs` are the item's, newest first; `from` in ms since 1970. */
export function judge(
  runs: readonly Run[],
  standing: Standing | undefined,
  { from, partial }: { from: number; partial: boolean },
): Verdict {
  const [newest] = runs
  if (!newest) return { isUnprocessed: true }
  const isOld = ({ created }: Run) => created !== 0 && created < from
  if (isOld(newest)) return { isTooOld: true }
  if (!ended.includes(newest.status)) return { waiting: newest }
  const isGood = ({ status }: Run) => status === 'complete' || (partial && ended.includes(status))
  const good = runs.find((run) => !isOld(run) && isGood(run))
  const verdict: Verdict = {}
  if (newest.status !== 'complete' && standing?.said !== newest.key) verdict.failed = newest
  if (good && good.key !== standing?.whole) verdict.due = good
  return verdict
}

/** The order in which they are fetched, one whole timeline after the other: those whose last fetch
 * failed after the others, so that one that cannot be had holds up none; then the oldest run first. */
export function inOrder(due: readonly Due[], failures: ReadonlyMap<number, number>): Due[] {
  const failed = ({ item }: Due) => failures.get(item.id) ?? 0
  return [...due].sort((a, b) => failed(a) - failed(b) || a.run.created - b.run.created)
}
