import t from 'tap'
import type { Standing } from '../../src/cado/checkpoint.ts'
import type { Run } from '../../src/cado/pipelines.ts'
import { inOrder, judge } from '../../src/cado/plan.ts'
import type { Verdict } from '../../src/cado/plan.ts'

/** Runs of one evidence item, newest first, by their statuses. */
function runsOf(...statuses: string[]): Run[] {
  return statuses.map((status, index) => {
    const id = 100 + statuses.length - index
    return { id, key: String(id), evidence: 1, created: id * 1000, status }
  })
}

t.test('of a run whose time nobody says it is not said that it is too old', async (t) => {
  const [run] = runsOf('complete')
  const judged = (created: number) =>
    judge(run ? [{ ...run, created }] : [], undefined, { from: 5, partial: false })
  t.match(judged(0), { due: { id: 101 } })
  t.same(judged(4), { isTooOld: true })
})

t.test('what is done', async (t) => {
  const nothing = {}
  const table: [string, string[], Standing | undefined, boolean, object][] = [
    ['no run', [], undefined, false, { isUnprocessed: true }],
    ['complete', ['complete'], undefined, false, { due: { id: 101 } }],
    ['fetched', ['complete'], { whole: '101' }, false, nothing],
    ['a re-run', ['complete', 'complete'], { whole: '101' }, false, { due: { id: 102 } }],
    [
      'a re-run begun',
      ['in_progress', 'complete'],
      { whole: '101' },
      false,
      { waiting: { id: 102 } },
    ],
    ['begun, none fetched', ['queued', 'complete'], undefined, false, { waiting: { id: 102 } }],
    ['a new word', ['paused'], undefined, false, { waiting: { id: 101 } }],
    ['failed', ['failed'], undefined, false, { failed: { id: 101 } }],
    ['failed and said', ['failed'], { said: '101' }, false, nothing],
    ['failed again', ['cancelled', 'failed'], { said: '101' }, false, { failed: { id: 102 } }],
    [
      'failed after a complete one',
      ['failed', 'complete'],
      undefined,
      false,
      { failed: { id: 102 }, due: { id: 101 } },
    ],
    ['partial', ['failed'], undefined, true, { failed: { id: 101 }, due: { id: 101 } }],
    ['partial, fetched', ['failed'], { said: '101', whole: '101' }, true, nothing],
    ['history cut', ['complete'], { whole: '300' }, false, { due: { id: 101 } }],
  ]
  for (const [name, statuses, standing, partial, verdict] of table) {
    const judged: Verdict = judge(runsOf(...statuses), standing, { from: 0, partial })
    t.match(judged, verdict, name)
    t.same(Object.keys(judged).sort(), Object.keys(verdict).sort(), name)
  }
})

t.test('what was processed before the source looks back', async (t) => {
  const runs = runsOf('failed', 'complete')
  t.same(judge(runs, undefined, { from: 200_000, partial: false }), { isTooOld: true })
  const verdict = judge(runs, undefined, { from: 101_500, partial: false })
  t.same(Object.keys(verdict), ['failed'], 'the complete run was before')
})

t.test('in turn: what failed last comes last, then the oldest run first', async (t) => {
  const due = [3, 1, 2, 4].map((id) => ({
    item: { id, name: String(id), project: { id: 1, name: 'p' } },
    run: { id, key: String(id), evidence: id, created: id, status: 'complete' },
  }))
  const ids = (failures: Map<number, number>) => inOrder(due, failures).map(({ item }) => item.id)
  t.same(ids(new Map()), [1, 2, 3, 4])
  t.same(ids(new Map([[1, 2], [2, 1]])), [3, 4, 2, 1]) // prettier-ignore
})
