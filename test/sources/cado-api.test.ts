/**
 * The source end to end, against the stand-in of the platform, with the real spool.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { Test } from 'tap'
import type { Batch, Certificate, CheckStep, Notice, Source } from '../../src/core.ts'
import type { CeflineError } from '../../src/error.ts'
import { unpackLines } from '../../src/io/lines.ts'
import { collect } from '../../src/pipeline/collect.ts'
import { create, schema } from '../../src/sources/cado-api.ts'
import type { Options } from '../../src/sources/cado-api.ts'
import type { LmdbSpool } from '../../src/spool/spool.ts'
import { startCadoApi } from '../helpers/cado-api.ts'
import type { CadoApiOptions, CadoPlatform, Misbehaviour } from '../helpers/cado-api.ts'
import { cadoOptions, cadoQueue as queue, openCadoSpool } from '../helpers/cado-source.ts'
import { makeAuthority } from '../helpers/certificates.ts'
import { fastClock } from '../helpers/fast-clock.ts'
import { needs } from '../helpers/peers.ts'
import { recordedEvents } from '../helpers/pipeline.ts'
import { plainTls } from '../helpers/plain-tls.ts'
import { program } from '../helpers/root.ts'

/** The spool, and what was told and counted on the way to it. */
class World {
  readonly notices: Notice[] = []
  readonly batches: Batch[] = []
  readonly platform: CadoPlatform
  readonly spool: LmdbSpool
  readonly source: Source

  constructor(platform: CadoPlatform, spool: LmdbSpool, source: Source) {
    this.platform = platform
    this.spool = spool
    this.source = source
  }

  /** Runs the source as `collect` does, until it throws or a batch is `enough`; by default until a round
   * has ended. */
  async run(
    enough = ({ read, checkpoint }: Batch, count: number) =>
      read === 0 && checkpoint !== undefined && count > 0,
  ): Promise<CeflineError | undefined> {
    const abort = new AbortController()
    let count = 0
    const isFirst = this.spool.checkpoint(queue) === undefined
    try {
      for await (const batch of this.source.batches(this.spool.checkpoint(queue), abort.signal)) {
        this.batches.push(batch)
        this.notices.push(...(batch.notices ?? []))
        await this.spool.append(queue, batch)
        count += 1
        if (enough(batch, isFirst ? count - 1 : count)) abort.abort(new Error('enough'))
      }
    } catch (thrown) {
      return thrown as CeflineError
    }
    return undefined
  }

  get lines(): string[] {
    const lines: string[] = []
    for (
      let block = this.spool.next(queue, 0);
      block;
      block = this.spool.next(queue, block.sequence)
    ) {
      lines.push(...unpackLines(block.lines).map(({ cef }) => cef))
    }
    return lines
  }

  get paths(): string[] {
    return this.lines.map((line) => /filePath=(\S+)/.exec(line)?.[1] ?? line)
  }

  codes(): string[] {
    return this.notices.map(({ code }) => code)
  }

  said(code: string): string {
    return this.notices
      .filter((notice) => notice.code === code)
      .map(({ message }) => message)
      .join('\n')
  }

  ledger() {
    return this.spool.queues().find((state) => state.queue === queue)?.ledger
  }
}

const folders = new WeakMap<Test, string>()

/** The test's folder, made once: making it again empties it. */
function testdirOf(t: Test): string {
  const folder = folders.get(t) ?? t.testdir()
  folders.set(t, folder)
  return folder
}

async function world(
  t: Test,
  options: Partial<Options> = {},
  api: CadoApiOptions = {},
): Promise<World> {
  const platform = await startCadoApi(t, api)
  const spool = await openCadoSpool(mkdtempSync(join(testdirOf(t), 'spool-')))
  t.teardown(() => spool.close())
  return new World(platform, spool, sourceOf(t, platform, options))
}

function sourceOf(t: Test, platform: CadoPlatform, options: Partial<Options> = {}): Source {
  const source = create(cadoOptions(platform, options), { name: queue, remembers: () => false })
  t.teardown(() => source.close())
  return source
}

const pathsTo = (count: number) =>
  Array.from({ length: count }, (_, number) => `/tmp/file-${number}`)

t.test('a timeline, page by page, each event once, and what is told', async (t) => {
  const w = await world(t)
  w.platform.add(1, 'web-01', 25)
  t.equal(await w.run(), undefined)
  t.same(w.paths, pathsTo(25))
  t.match(w.lines[0], /^CEF:0\|CadoSecurity\|CadoResponse\|.*\|Content Modification Time\|/)
  t.match(w.lines[0], /evidence_id=11 evidence_name=web-01 /)
  t.match(w.lines[0], /eventTime=1595194940/)
  t.equal(w.platform.count('timeline'), 3)
  t.same(w.codes(), ['timeline-begun', 'timeline-finished'])
  t.match(
    w.said('timeline-begun'),
    /evidence 11 “web-01” of project “Case 1”: processing 101 is complete.*\(25 events\)/,
  )
  t.match(w.said('timeline-finished'), /whole: 25 events$/)
  t.equal(await w.run(), undefined)
  t.equal(w.platform.count('timeline'), 3, 'and not again')
  t.equal(w.lines.length, 25)
  t.notMatch(inspect(w.batches, { depth: 9 }), w.platform.token)
})

t.test('a re-run of the processing adds only what is new, though all ids are', async (t) => {
  const w = await world(t)
  const id = w.platform.add(1, 'web-01', 25)
  await w.run()
  w.platform.reprocess(id, 4)
  await w.run()
  t.same(w.paths, pathsTo(29))
  t.match(w.ledger(), { read: 54, spooled: 29, alreadyGiven: 25, rejected: 0, ignored: 0 })
})

t.test('events that are alike are several, however pages cut them', async (t) => {
  for (const pageSize of [1, 2, 3, 10]) {
    const w = await world(t, { pageSize })
    const id = w.platform.add(1, 'web-01', 2)
    const same = { timestamp: 1_600_000_000, filename: '/same', short: 'same', inode: '7' }
    w.platform.addEvents(id, 7, same)
    await w.run()
    t.equal(w.paths.filter((path) => path === '/same').length, 7, `${pageSize} a page`)
    w.platform.reprocess(id, 0)
    w.platform.addEvents(id, 1, same)
    await w.run()
    t.equal(w.paths.filter((path) => path === '/same').length, 8, 'one more after a re-run')
  }
})

t.test('a stop after each page, in turn: every event once', async (t) => {
  const w = await world(t, { pageSize: 4 })
  const id = w.platform.add(1, 'web-01', 10)
  w.platform.addEvents(id, 9, {
    timestamp: 1_600_000_000,
    filename: '/same',
    short: 's',
    inode: '7',
  })
  for (let turn = 0; turn < 60; turn += 1) {
    // Two pages each time: one is fetched again, one is new.
    await w.run((_batch, count) => count >= 2 + (turn % 2))
  }
  await w.run()
  t.same(w.paths.slice(0, 10), pathsTo(10))
  t.equal(w.paths.length, 19)
  const { read = 0, spooled = 0, alreadyGiven = 0 } = w.ledger() ?? {}
  t.equal(read, spooled + alreadyGiven)
})

t.test('processing: waited for, said when it failed, fetched when it is complete', async (t) => {
  const w = await world(t)
  const waits = w.platform.add(1, 'waits', 3, 'in_progress')
  const fails = w.platform.add(1, 'fails', 3, 'failed')
  w.platform.add(2, 'never', 3, 'none')
  w.platform.add(2, 'stopped', 3, 'cancelled')
  await w.run()
  t.equal(w.platform.count('timeline'), 0)
  t.match(w.said('processing-waits'), /11 “waits”: processing 101 is in progress/)
  t.match(
    w.said('processing-failed'),
    /12 “fails”: processing 102 has ended as failed \(Building timeline: fast_timeline returned 1\)/,
  )
  t.match(w.said('processing-failed'), /14 “stopped”: processing 103 has ended as cancelled/)
  t.match(w.said('evidence-unprocessed'), /13 “never”/)
  const told = w.notices.length
  await w.run()
  t.equal(w.notices.length, told, 'once')
  const again = new World(w.platform, w.spool, sourceOf(t, w.platform))
  await again.run()
  t.notOk(again.codes().includes('processing-failed'), 'once, over a restart too')
  for (const pipeline of w.platform.pipelines) {
    if (pipeline.evidence === waits) pipeline.status = 'complete'
  }
  w.platform.reprocess(fails, 1)
  await w.run()
  t.equal(w.lines.length, 7)
})

t.test('partial: what there is of a timeline whose processing failed', async (t) => {
  const w = await world(t, { partial: true })
  const id = w.platform.add(1, 'fails', 3, 'failed')
  await w.run()
  t.equal(w.lines.length, 3)
  t.match(w.said('processing-failed'), /what there is of its timeline is fetched/)
  w.platform.reprocess(id, 2)
  await w.run()
  t.equal(w.lines.length, 5)
})

t.test('a failed re-run leaves the timeline of the run before it', async (t) => {
  const w = await world(t)
  const id = w.platform.add(1, 'web', 3)
  w.platform.process(id, 'failed')
  await w.run()
  t.equal(w.lines.length, 3)
  t.same(w.codes(), ['processing-failed', 'timeline-begun', 'timeline-finished'])
})

t.test('evidence that appears later, and more than a page of each listing', async (t) => {
  const w = await world(t, { pageSize: 100 })
  for (let project = 1; project <= 2; project += 1) {
    for (let item = 0; item < 60; item += 1) w.platform.add(project, `item-${project}-${item}`, 1)
  }
  await w.run()
  t.equal(w.lines.length, 120)
  w.platform.add(2, 'late', 2)
  await w.run()
  t.equal(w.lines.length, 122)
  w.platform.evidence.delete(11)
  w.platform.pipelines.splice(0, 1)
  await w.run()
  t.match(w.spool.checkpoint(queue), /"11":/, 'what is gone may come again')
  t.match(w.spool.checkpoint(queue), /"12":/)
})

t.test('a re-run under the same number, and a platform that was set up again', async (t) => {
  const w = await world(t)
  const id = w.platform.add(1, 'web-01', 5)
  await w.run()
  w.platform.rerun(id, 2)
  await w.run()
  t.same(w.paths, pathsTo(7), 'the same run, finished later')
  const [run] = w.platform.pipelines
  w.platform.addEvents(id, 1)
  if (run) run.created += 1e9
  await w.run()
  t.same(w.paths, pathsTo(8), 'the same numbers, created later')
})

t.test(
  'a re-run that completes in the middle of a fetch: what it adds comes in the next round',
  async (t) => {
    const w = await world(t)
    const id = w.platform.add(1, 'web', 45)
    let asked = 0
    w.platform.ill = (path) => {
      asked += path === 'timeline' ? 1 : 0
      if (asked === 3) {
        asked += 1
        // Events of the beginning, behind which the cursor is, and the cursors stay good.
        w.platform.addEvents(id, 3, { timestamp: 1_500_000_000, filename: '/early' })
        w.platform.process(id, 'complete')
      }
      return undefined
    }
    await w.run()
    await w.run()
    t.equal(w.lines.length, 48)
    t.equal(w.paths.filter((path) => path === '/early').length, 3)
  },
)

t.test(
  '200 items in 3 projects, and one is deleted between two pages of the listing',
  async (t) => {
    const w = await world(t, { pageSize: 100 })
    for (let item = 0; item < 200; item += 1) w.platform.add(1 + (item % 3), `item-${item}`, 1)
    await w.run()
    t.equal(w.lines.length, 200)
    const fetched = w.platform.count('timeline')
    w.platform.ill = (path, query) => {
      // The first of project 1 goes, so that the first item of its second page is on its first one.
      if (path === 'evidences' && query.get('page') === '2') w.platform.remove(11)
      return undefined
    }
    await w.run()
    w.platform.ill = () => undefined
    await w.run()
    t.equal(w.platform.count('timeline'), fetched, 'none is fetched again')
    t.same(w.codes().filter((code) => code === 'timeline-begun').length, 200)
  },
)

t.test('a project that may not be read does not hold up the others', async (t) => {
  const w = await world(t)
  w.platform.add(1, 'closed', 3)
  w.platform.add(2, 'open', 4)
  w.platform.ill = (path, query) =>
    path === 'evidences' && query.get('project_id') === '1' ? 'forbidden' : undefined
  t.equal(await w.run(), undefined)
  t.equal(w.lines.length, 4)
  t.match(w.said('project-refused'), /project “Case 1” \(1\): .*answered 403/)
  w.platform.ill = (path) => (path === 'evidences' ? 'forbidden' : undefined)
  t.match(await w.run(), { code: 'forbidden', retryAfter: 300_000 })
  w.platform.ill = () => undefined
  await w.run()
  t.equal(w.lines.length, 7)
})

t.test('a timeline that cannot be had does not keep back what is said of others', async (t) => {
  const w = await world(t)
  w.platform.add(1, 'bad', 3)
  w.platform.add(1, 'fails', 3, 'failed')
  w.platform.ill = (path) => (path === 'timeline' ? 'error' : undefined)
  t.match(await w.run(() => false), { code: 'server' })
  t.match(w.said('processing-failed'), /12 “fails”/)
  const told = w.notices.length
  t.match(await w.run(() => false), { code: 'server' })
  t.equal(w.notices.length, told, 'once')
})

t.test('projects by name and by number', async (t) => {
  const w = await world(t, { projects: ['Case 1', '3', 'Case 9'] })
  for (const project of [1, 2, 3]) w.platform.add(project, `of-${project}`, 1)
  await w.run()
  t.equal(w.lines.length, 2)
  t.notMatch(w.lines.join(), /of-2/)
  t.match(w.said('project-missing'), /“Case 9”/)
  const none = await world(t, { projects: ['nothing'] })
  none.platform.add(1, 'x', 1)
  t.match(await none.run(), { code: 'not-found', message: /does not see a project of nothing/ })
})

t.test('since: what was processed before is left out, and said', async (t) => {
  const w = await world(t, { since: 3600_000 })
  w.platform.add(1, 'old', 3)
  const id = w.platform.add(1, 'new', 3)
  for (const pipeline of w.platform.pipelines)
    if (pipeline.evidence === id) pipeline.created = Date.now()
  await w.run()
  t.equal(w.lines.length, 3)
  t.match(w.said('evidence-too-old'), /^1 evidence items are left out/)
})

t.test('a cursor that the platform has forgotten: from the beginning, nothing twice', async (t) => {
  const w = await world(t)
  const id = w.platform.add(1, 'web', 45)
  await w.run((_batch, count) => count >= 3)
  t.equal(w.lines.length, 30)
  w.platform.forget(id)
  await w.run()
  await w.run()
  t.same(w.paths, pathsTo(45))
  t.match(w.said('cursor-lost'), /11 “web”: the platform does not know the place any more.*expired/)
})

t.test('cursors and pages that lead nowhere', async (t) => {
  const w = await world(t)
  w.platform.add(1, 'web', 45)
  w.platform.misbehave('timeline', 'right', 'repeated-cursor')
  t.match(await w.run(), { code: 'mark-stuck', retryAfter: 300_000 })
  t.equal(await w.run(), undefined)
  t.same(w.paths, pathsTo(45), 'and it goes on')
  const endless = await world(t, {}, { endless: true })
  endless.platform.add(1, 'web', 45)
  t.match(await endless.run(), { code: 'mark-stuck', message: /all there before/ })
  t.same(endless.paths, pathsTo(45), 'nothing twice')
  t.ok(endless.platform.count('timeline') < 9)
})

t.test('a page without pagination is no end', async (t) => {
  const w = await world(t)
  w.platform.add(1, 'web', 25)
  w.platform.misbehave('timeline', 'no-pagination')
  t.match(await w.run(), { code: 'bad-answer', message: /without pagination/ })
  await w.run()
  t.equal(w.lines.length, 25)
})

t.test('fewer than announced is said', async (t) => {
  const w = await world(t, { pageSize: 100 })
  w.platform.add(1, 'web', 25)
  w.platform.misbehave('timeline', 'great-total')
  await w.run()
  t.match(
    w.said('timeline-incomplete'),
    /gave 25 events and no more, where it had announced 1,000,000/,
  )
  const untold = await world(t, { pageSize: 100 })
  untold.platform.add(1, 'web', 25)
  untold.platform.misbehave('timeline', 'no-total')
  await untold.run()
  t.notOk(untold.codes().includes('timeline-incomplete'))
})

t.test('a page size that is refused is halved; one that is given in part is fine', async (t) => {
  const w = await world(t, { pageSize: 1000 }, { mostPerPage: 300 })
  w.platform.add(1, 'web', 620)
  t.match(await w.run(), { code: 'too-large', message: /1000 events; the next try asks for 500/ })
  t.match(await w.run(), { code: 'too-large', message: /next try asks for 250/ })
  t.equal(await w.run(), undefined)
  t.equal(w.lines.length, 620)
  const sizes = w.platform.requests.flatMap(({ query }) => query.getAll('per_page').slice(0, 1))
  t.ok(!sizes.slice(-3).some((size) => Number(size) > 250), 'and stays')
  const fewer = await world(t, { pageSize: 1000 }, { givesAtMost: 7 })
  fewer.platform.add(1, 'web', 50)
  await fewer.run()
  t.equal(fewer.lines.length, 50)
})

t.test('rows that are none are set aside, and sent when they can be', async (t) => {
  const w = await world(t)
  const id = w.platform.add(1, 'web', 3)
  w.platform.addEvents(id, 1, { timestamp: 'never ever' })
  w.platform.addEvents(id, 1, { short: 'half \ud800 of it', timestamp: 1_600_000_000 })
  w.platform.misbehave('timeline', 'odd-row')
  await w.run()
  t.match(w.ledger(), { read: 5, spooled: 2, rejected: 3 })
  const rejects = w.spool.rejects().list(10)
  t.equal(rejects.length, 3)
  t.ok(rejects.every(({ origin }) => origin === 'evidence 11 “web”'))
  t.match(w.said('timeline-finished'), /5 events, 3 rejected/)
  const bad = rejects.find(({ record }) => record.includes('never ever'))
  if (!bad) return t.fail('no reject')
  const refusal = await w.source.remap(bad).catch((thrown: unknown) => thrown)
  t.match(refusal, { permanent: true, message: /evidence 11 “web” row \d+/ })
  const cured = { ...bad, record: bad.record.replace('"never ever"', '1600000000') }
  const lines = await w.source.remap(cured)
  const nameless = { ...cured, record: cured.record.replace('"evidence_name":"web",', '') }
  const { bytes } = await w.source.remap(nameless)
  t.match(unpackLines(bytes), [{ cef: /evidence_id=11 evidence_name=web / }])
  t.match(unpackLines(lines.bytes), [{ cef: /evidence_id=11.*eventTime=1600000000/ }])
})

const failures: [Misbehaviour, string, number | undefined][] = [
  ['unauthorized', 'unauthorized', 300_000],
  ['forbidden', 'forbidden', 300_000],
  ['not-found', 'not-found', undefined],
  ['too-many', 'server', 7000],
  ['error', 'server', undefined],
  ['echo', 'server', undefined],
  ['redirect', 'bad-answer', undefined],
  ['html', 'bad-answer', undefined],
  ['cut-json', 'bad-answer', undefined],
  ['no-data', 'bad-answer', undefined],
  ['error-200', 'bad-answer', undefined],
  ['hangup', 'network', undefined],
  ['silence', 'timeout', undefined],
]

t.test('whatever goes wrong is thrown, keeps the place, and holds no secret', async (t) => {
  for (const [order, code, wait] of failures) {
    const w = await world(t, { timeout: order === 'silence' ? 150 : 20_000 })
    w.platform.add(1, 'web', 25)
    for (const path of ['projects', 'evidences', 'pipelines', 'timeline']) {
      w.platform.misbehave(path, order)
      const thrown = await w.run()
      t.match(thrown, { code, retryAfter: wait, permanent: false }, `${order} at ${path}`)
      t.notMatch(inspect(thrown, { depth: 9 }), w.platform.token)
    }
    await w.run()
    t.same(w.paths, pathsTo(25))
  }
})

t.test('killed in the middle of a timeline: every event once', async (t) => {
  const platform = await startCadoApi(t)
  const id = platform.add(1, 'web', 1500)
  platform.addEvents(id, 120, {
    timestamp: 1_600_000_000,
    filename: '/same',
    short: 's',
    inode: '7',
  })
  const folder = t.testdir()
  for (const want of [300, 900, 1550]) {
    const args = [...program('sources/cado/fetching'), folder, platform.url, platform.token]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      if (Number(text.trim().split('\n').at(-1)) >= want) child.kill('SIGKILL')
    })
    const [, signal] = (await once(child, 'close')) as [number | null, string | null]
    t.equal(signal, 'SIGKILL', 'it was killed')
  }
  const spool = await openCadoSpool(folder)
  t.teardown(() => spool.close())
  const w = new World(platform, spool, sourceOf(t, platform, { pageSize: 50 }))
  await w.run()
  t.same(w.paths.slice(0, 1500), pathsTo(1500))
  t.same(
    w.paths.slice(1500),
    Array.from({ length: 120 }, () => '/same'),
  )
})

t.test('a platform that refuses for an hour is not hammered', async (t) => {
  const table: [Misbehaviour, string, number][] = [
    ['unauthorized', 'projects', 14],
    ['forbidden', 'timeline', 14],
    ['error', 'timeline', 130],
    ['html', 'projects', 130],
  ]
  for (const [order, path, most] of table) {
    await t.test(`${order} at ${path}`, async (t) => {
      const clock = fastClock(t)
      const w = await world(t, { interval: 60_000 })
      w.platform.add(1, 'web', 25)
      const { events } = recordedEvents()
      const ending = new AbortController()
      let tries = 0
      w.platform.ill = (at) => (at === path && clock.now < 3_600_000 ? order : undefined)
      const loop = collect({
        name: queue,
        source: w.source,
        spool: w.spool,
        events: events.source(queue),
        makeRoom: async () => false,
        signal: ending.signal,
      })
      for (let turn = 0; turn < 3000 && w.lines.length < 25; turn += 1) {
        await sleep(10)
        if (clock.now < 3_600_000) tries = w.platform.count(path)
      }
      ending.abort()
      await loop
      t.same(w.paths, pathsTo(25), 'and then all of it')
      t.ok(tries > 0 && tries <= most, `${tries} tries in an hour`)
    })
  }
})

t.test('a timeline that cannot be had does not hold up the others', async (t) => {
  const w = await world(t)
  w.platform.add(1, 'bad', 3)
  w.platform.add(1, 'good', 4)
  w.platform.misbehave('timeline', 'error')
  t.match(await w.run(), { code: 'server' })
  t.equal(w.lines.length, 0)
  // The good one first, and the bad one is bad again.
  const before = w.platform.count('timeline')
  const enough = () => {
    w.platform.misbehave('timeline', 'error')
    return false
  }
  t.match(await w.run(enough), { code: 'server' })
  t.equal(w.lines.length, 4)
  t.equal(w.platform.count('timeline'), before + 2)
})

t.test('the certificate of the platform is told', needs('openssl'), async (t) => {
  const authority = await makeAuthority(t.testdir())
  const platform = await authority.sign('cado')
  const server = createServer(
    { cert: readFileSync(platform.cert), key: readFileSync(platform.key) },
    (_request, response) => response.writeHead(503).end(),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const seen: (readonly Certificate[])[] = []
  const tls = { ...plainTls, ca: authority.cert }
  const source = create(cadoOptions({ url: `https://127.0.0.1:${port}`, token: 'x' }, { tls }), {
    name: queue,
    remembers: () => false,
    connected: (certificates) => seen.push(certificates),
  })
  t.teardown(() => source.close())
  const read = source.batches(undefined, new AbortController().signal)
  await t.rejects(async () => {
    for await (const batch of read) t.equal(batch.read, 0)
  })
  t.match(seen, [[{ whose: 'peer', subject: 'CN=cado' }]])
})

t.test('check', async (t) => {
  const w = await world(t)
  w.platform.add(1, 'web', 25)
  w.platform.add(2, 'db', 3, 'failed')
  const steps = async (source: Source, connect: boolean) => {
    const seen: CheckStep[] = []
    for await (const step of source.check(undefined, new AbortController().signal, connect))
      seen.push(step)
    return seen
  }
  t.match(await steps(w.source, false), [
    { name: 'url', ok: true },
    { name: 'certificates', ok: true },
  ])
  t.equal(w.platform.requests.length, 0)
  const whole = await steps(w.source, true)
  t.same(
    whole.map(({ name }) => name),
    ['url', 'certificates', 'dns', 'tcp', 'projects'],
  )
  t.match(whole.at(-1), {
    ok: true,
    detail:
      /the token sees “Case 1” \(1\), “Case 2” \(2\); 2 evidence items, 1 timelines to be fetched; the timeline of evidence 11 “web” can be read \(25 events\)/,
  })
  w.platform.misbehave('projects', 'unauthorized')
  const refused = (await steps(w.source, true)).at(-1)
  t.match(refused, { name: 'projects', ok: false, detail: /the token is not accepted/ })
  t.notMatch(refused?.detail, w.platform.token)
})

t.test('options that cannot be used', async (t) => {
  const platform = await startCadoApi(t)
  const table: [Partial<Options>, RegExp][] = [
    [{ url: 'nonsense' }, /no https address/],
    [{ allowPlainHttp: false }, /over which anyone can read the token/],
    [{ url: 'https://user:secret@cado.example.com' }, /holds a user or password/],
    [{ url: 'https://cado.example.com/?a=b' }, /query or fragment/],
    [{ token: 'two words' }, /no bearer token/],
    [{ pageSize: 0 }, /1 event at least/],
    [{ interval: 0 }, /write a time/],
    [{ proxy: 'ftp://x' }, /no address of an HTTP proxy/],
  ]
  for (const [options, message] of table) {
    t.throws(() => sourceOf(t, platform, options), { code: 'config', message })
  }
  t.ok(
    Object.values(schema).every((option) => !('doc' in option) || /\.$/.test(String(option.doc))),
  )
})

t.test('another platform: every timeline from the beginning, said', async (t) => {
  const w = await world(t)
  w.platform.add(1, 'web', 5)
  await w.run()
  const other = await startCadoApi(t)
  other.add(1, 'other', 5)
  const next = new World(other, w.spool, sourceOf(t, other))
  await next.run()
  t.ok(next.codes().includes('url-changed'))
  t.ok(other.count('timeline') > 0)
})

t.test('a stored place that is none', async (t) => {
  const w = await world(t)
  for (const text of [
    '',
    '{}',
    '{"version":2}',
    '{"version":1,"url":"u","from":0,"evidence":{"x":{}}}',
  ]) {
    const run = w.source.batches(text, new AbortController().signal)[Symbol.asyncIterator]()
    await t.rejects(run.next(), { code: 'config', retryAfter: Infinity })
  }
})
