import t from 'tap'
import type { Test } from 'tap'
import type { Standing } from '../../src/cado/checkpoint.ts'
import { CadoApi } from '../../src/cado/client.ts'
import { readUrl } from '../../src/cado/options.ts'
import { PageRows } from '../../src/cado/page-rows.ts'
import { TimelinePages } from '../../src/cado/pages.ts'
import { platform as peer } from '../../src/cado/peer.ts'
import { walkTimeline } from '../../src/cado/walk.ts'
import type { Step } from '../../src/cado/walk.ts'
import type { CeflineError } from '../../src/error.ts'
import { compileTimelineMapping } from '../../src/mappings/cado.ts'
import { startCadoApi } from '../helpers/cado-api.ts'
import type { CadoPlatform } from '../helpers/cado-api.ts'
import { cadoOptions } from '../helpers/cado-source.ts'
import { plainTls } from '../helpers/plain-tls.ts'

interface Walked {
  steps: Step[]
  thrown: CeflineError | undefined
}

/** Walks the timeline of the first evidence; `each` is called after every step. */
async function walk(
  t: Test,
  platform: CadoPlatform,
  standing: Standing,
  each: (step: Step) => void = () => {},
  pages = new TimelinePages(10, 9000),
): Promise<Walked> {
  const url = readUrl(cadoOptions(platform), 'x')
  const { token } = platform
  const api = new CadoApi({ url, token, timeout: 9000, tls: plainTls, place: 'x', peer })
  t.teardown(() => api.close())
  const item = { id: 11, name: 'web', project: { id: 1, name: 'Case 1' } }
  const run = { id: 101, key: '101-1-0', evidence: 11, created: 1, status: 'complete' }
  const rows = new PageRows({
    origin: { name: 'evidence 11', receivedAt: 0, evidence: { id: 11, name: 'web' } },
    map: compileTimelineMapping(undefined, 'x.mapping'),
    profile: 'cado',
    severity: 'alarm',
  })
  const steps: Step[] = []
  try {
    const walking = { api, pages, item, run, standing, rows, isDue: () => true }
    for await (const step of walkTimeline(walking, new AbortController().signal)) {
      steps.push(step)
      each(step)
    }
  } catch (thrown) {
    return { steps, thrown: thrown as CeflineError }
  }
  return { steps, thrown: undefined }
}

t.test('standings: where the newest instant began, and how far it is', async (t) => {
  const platform = await startCadoApi(t)
  platform.add(1, 'web', 35)
  const { steps, thrown } = await walk(t, platform, { said: '7-1-1' })
  t.equal(thrown, undefined)
  const standings = steps.map(({ standing }) => standing)
  t.match(standings, [
    { said: '7-1-1', fetch: { run: '101-1-0', events: 0, cursor: undefined } },
    { said: '7-1-1', fetch: { run: '101-1-0', events: 10, cursor: String } },
    { said: '7-1-1', fetch: { run: '101-1-0', events: 20, cursor: String } },
    { said: '7-1-1', whole: '101-1-0', fetch: undefined },
  ])
  const told = steps.flatMap(({ batch }) => batch.notices ?? []).map(({ message }) => message)
  t.match(told, [
    /its timeline is fetched \(35 events\)/,
    'evidence 11 “web”: 10 of 35 events',
    'evidence 11 “web”: 20 of 35 events',
    'evidence 11 “web”: 30 of 35 events',
    /whole: 35 events/,
  ])
  const again = await walk(t, platform, standings[1] ?? {})
  t.equal(again.steps.length, 3, 'from there on')
  t.match(again.steps.at(-1)?.batch.notices?.at(-1)?.message, /whole: 35 events/)
})

t.test('an instant over many pages goes on from its beginning', async (t) => {
  const platform = await startCadoApi(t)
  const id = platform.add(1, 'web', 5)
  platform.addEvents(id, 40, {
    timestamp: 1_600_000_000,
    filename: '/same',
    inode: '7',
    short: 's',
  })
  const { steps } = await walk(t, platform, {})
  const events = steps.map(({ standing }) => standing.fetch?.events)
  t.same(events, [0, 0, 0, 0, undefined])
})

t.test('a size that is refused right after a restart is not taken for a lost cursor', async (t) => {
  const platform = await startCadoApi(t, { mostPerPage: 300 })
  platform.add(1, 'web', 35)
  const { steps } = await walk(t, platform, {})
  const standing = steps[2]?.standing ?? {}
  const pages = new TimelinePages(1000, 9000)
  for (const next of [500, 250]) {
    const { steps, thrown } = await walk(t, platform, standing, undefined, pages)
    t.same(steps, [])
    t.match(thrown, { code: 'too-large', message: new RegExp(`the next try asks for ${next}`) })
  }
  const last = await walk(t, platform, standing, undefined, pages)
  t.equal(last.thrown, undefined)
  t.match(last.steps.at(-1)?.standing, { whole: '101-1-0' })
  t.equal(last.steps[0]?.batch.read, 15, 'from where it was')
})

t.test('a last page with nothing new is the end', async (t) => {
  const platform = await startCadoApi(t)
  const id = platform.add(1, 'web', 20)
  const last = platform.evidence.get(id)?.events.at(-1) ?? {}
  platform.evidence.get(id)?.events.push(last)
  const { steps, thrown } = await walk(t, platform, {})
  t.equal(thrown, undefined)
  t.match(steps.at(-1)?.standing, { whole: '101-1-0' })
  t.match(
    steps.at(-1)?.batch.notices?.at(-1)?.message,
    /whole: 21 events, 1 given twice by the platform and left out/,
  )
})

t.test('the place of another run is none', async (t) => {
  const platform = await startCadoApi(t)
  platform.add(1, 'web', 25)
  const fetch = { run: '101-1-5', cursor: 'gone', events: 10, anew: 0 }
  const { steps, thrown } = await walk(t, platform, { whole: '98-1-1', fetch })
  t.equal(thrown, undefined)
  t.match(steps.at(-1)?.standing, { whole: '101-1-0' })
  t.notOk(platform.requests[0]?.query.get('cursor'))
})

t.test('a cursor that is refused when it was given just now', async (t) => {
  const platform = await startCadoApi(t)
  platform.add(1, 'web', 45)
  let standing: Standing = {}
  const keep = (step: Step) => (standing = step.standing)
  const after = (step: Step) => {
    keep(step)
    if ((step.standing.fetch?.events ?? 0) >= 20) platform.forget(11)
  }
  const first = await walk(t, platform, standing, after)
  t.match(first.thrown, {
    code: 'bad-request',
    retryAfter: undefined,
    message: /that it gave itself/,
  })
  const always = (step: Step) => {
    keep(step)
    platform.forget(11)
  }
  const second = await walk(t, platform, standing, always)
  t.match(second.steps[0]?.batch.notices, [{ code: 'cursor-lost' }])
  t.match(
    second.thrown,
    { code: 'bad-request', retryAfter: 300_000 },
    'a beginning anew did not help',
  )
  const last = await walk(t, platform, standing, keep)
  t.equal(last.thrown, undefined)
  t.match(standing, { whole: '101-1-0' })
})

t.test('a cursor that leads on from the end to nothing is the end', async (t) => {
  const platform = await startCadoApi(t, { endsWith: 'same-cursor' })
  platform.add(1, 'web', 25)
  const { steps, thrown } = await walk(t, platform, {})
  t.equal(thrown, undefined)
  t.match(steps.at(-1)?.standing, { whole: '101-1-0' })
  t.match(steps.at(-1)?.batch.notices?.at(-1)?.message, /whole: 25 events/)
})

t.test('no event at all is a warning', async (t) => {
  const platform = await startCadoApi(t)
  platform.add(1, 'web', 0)
  const { steps } = await walk(t, platform, {})
  t.match(steps.at(-1)?.batch.notices?.at(-1), { level: 'warn', code: 'timeline-empty' })
})

t.test('empty pages in the middle: some, and without end', async (t) => {
  const platform = await startCadoApi(t)
  platform.add(1, 'web', 45)
  platform.misbehave('timeline', 'right', 'empty-page')
  const some = await walk(t, platform, {})
  t.equal(some.thrown, undefined)
  t.match(
    some.steps.at(-1)?.batch.notices?.map(({ code }) => code),
    ['timeline-finished', 'timeline-incomplete'],
  )
  const endless = await startCadoApi(t, { endless: true })
  endless.add(1, 'web', 45)
  endless.ill = () => 'empty-page'
  const { thrown } = await walk(t, endless, {})
  t.match(thrown, { code: 'mark-stuck', message: /one empty page after the other/ })
})
