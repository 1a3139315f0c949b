import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import t from 'tap'
import { needs } from '../helpers/peers.ts'
import { plainTls } from '../helpers/plain-tls.ts'
import type { Test } from 'tap'
import type {
  Batch,
  Certificate,
  CheckStep,
  Notice,
  Reject,
  Source,
  StoredReject,
} from '../../src/core.ts'
import type { CeflineError } from '../../src/error.ts'
import { unpackLines } from '../../src/io/lines.ts'
import { activityBatch } from '../../src/netwrix/activity-batch.ts'
import { writeCheckpoint } from '../../src/netwrix/checkpoint.ts'
import { recordId } from '../../src/netwrix/record.ts'
import { create, schema } from '../../src/sources/netwrix-api.ts'
import type { Options } from '../../src/sources/netwrix-api.ts'
import { makeAuthority } from '../helpers/certificates.ts'
import { startIntegrationApi } from '../helpers/integration-api.ts'
import type {
  IntegrationApi,
  IntegrationApiOptions,
  Misbehaviour,
} from '../helpers/integration-api.ts'

/** The stand-in's certificate is made by openssl. */
const test = (name: string, work: (t: Test) => Promise<void>) =>
  t.test(name, needs('openssl'), work)

/** A spool in small: what was committed, and what the loop would do with it. */
class Spool {
  checkpoint: string | undefined
  readonly ids: string[] = []
  readonly lines: string[] = []
  readonly rejects: Reject[] = []
  readonly notices: Notice[] = []
  readonly batches: Batch[] = []
  alreadyGiven = 0

  commit(batch: Batch): void {
    this.batches.push(batch)
    // How it logged in is told once, by every source.
    this.notices.push(...(batch.notices ?? []).filter(({ code }) => code !== 'login'))
    this.rejects.push(...batch.rejects)
    this.checkpoint = batch.checkpoint ?? this.checkpoint
    for (const [index, { cef }] of unpackLines(batch.lines.bytes).entries()) {
      const id = batch.lines.ids.subarray(index * 16, index * 16 + 16).toString('hex')
      if (this.ids.includes(id)) this.alreadyGiven += 1
      else {
        this.ids.push(id)
        this.lines.push(cef)
      }
    }
  }

  codes(): string[] {
    return this.notices.map(({ code }) => code)
  }
}

/** Runs the source once, as `collect` does, until it throws or `enough` is said. */
async function collect(
  source: Source,
  spool: Spool,
  enough: (spool: Spool, batch: Batch) => boolean = ({ batches }) => batches.at(-1)?.read === 0,
): Promise<CeflineError | undefined> {
  const abort = new AbortController()
  try {
    for await (const batch of source.batches(spool.checkpoint, abort.signal)) {
      spool.commit(batch)
      if (batch.checkpoint !== undefined && batch.read === 0) continue
      if (enough(spool, batch)) abort.abort(new Error('enough'))
    }
  } catch (thrown) {
    return thrown as CeflineError
  }
  return undefined
}

async function standIn(t: Test, options: Partial<IntegrationApiOptions> = {}) {
  const api = await startIntegrationApi({ records: 10, ...options })
  t.teardown(() => api.close())
  return api
}

function optionsOf({ url, username, password, ca }: IntegrationApi): Options {
  return {
    url,
    username,
    password,
    auth: 'auto',
    format: 'json',
    pageSize: 4,
    interval: 20,
    since: 30 * 24 * 3600_000,
    filter: null,
    leaveOut: null,
    timeout: 20_000,
    profile: 'standard',
    allowPlainHttp: false,
    tls: { ...plainTls, ca: ca || null },
  }
}

const context = { name: 'activity', remembers: () => false }

function sourceOf(t: Test, api: IntegrationApi, options: Partial<Options> = {}): Source {
  const source = create({ ...optionsOf(api), ...options }, context)
  t.teardown(() => source.close())
  return source
}

const idsOf = (api: IntegrationApi) =>
  api.records.map(({ RID = '' }) => Buffer.from(recordId(RID)).toString('hex'))

/** Every record once, in order, and nothing else. */
function complete(t: Test, spool: Spool, api: IntegrationApi): void {
  t.same(spool.ids, idsOf(api), 'every record once')
}

test('a first run: the moment is fixed and stored before anything is asked', async (t) => {
  const day = 24 * 3600_000
  const firstAt = Date.now() - 45 * day
  const api = await standIn(t, { records: 60, firstAt, step: 0.75 * day })
  const spool = new Spool()
  const source = sourceOf(t, api)
  const run = source.batches(undefined, new AbortController().signal)[Symbol.asyncIterator]()
  const opening = await run.next()
  await run.return?.()
  t.equal(api.requests.length, 0)
  spool.commit(opening.value as Batch)
  t.match(spool.notices, [{ level: 'info', code: 'backfill', message: /records since 2.*Z, page/ }])
  const { from } = JSON.parse(spool.checkpoint ?? '') as { from: string }
  t.match(from, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  await sleep(1100)
  t.equal(await collect(source, spool), undefined)
  const wanted = api.records.filter((record) => record.When >= from)
  t.ok(wanted.length > 30 && wanted.length < 50)
  t.same(spool.lines.length, wanted.length)
  t.ok(
    api.requests.every((request) => request.mode === 'search' && request.from === from),
    'the same filter with every page, though time went on',
  )
  t.same(spool.codes(), ['backfill'], 'said once')
})

test('since: 0 reads everything by enum', async (t) => {
  const api = await standIn(t, { firstAt: Date.UTC(2011, 1, 3), step: 3600_000 })
  const spool = new Spool()
  await collect(sourceOf(t, api, { since: 0 }), spool)
  complete(t, spool, api)
  t.match(
    api.requests.map(({ method, mode }) => `${method} ${mode}`),
    ['GET enum', 'POST enum', 'POST enum', 'POST enum'],
  )
  t.match(spool.notices, [{ message: /all records that the server has/ }])
})

test('a mark that was taken over goes on from there, without a filter', async (t) => {
  const api = await standIn(t)
  const before = new Spool()
  await collect(sourceOf(t, api), before, () => true)
  const { mark } = JSON.parse(before.checkpoint ?? '') as { mark: string }
  const spool = new Spool()
  spool.checkpoint = JSON.stringify({ version: 1, mode: 'enum', mark })
  await collect(sourceOf(t, api), spool)
  t.same(spool.ids, idsOf(api).slice(4))
  t.same(spool.codes(), [])
})

test('records that come later come with the next round', async (t) => {
  const api = await standIn(t, { records: 0 })
  const spool = new Spool()
  let rounds = 0
  await collect(sourceOf(t, api), spool, (_spool, batch) => {
    if (batch.read > 0) return false
    rounds += 1
    api.add(3)
    return rounds === 4
  })
  t.same(spool.ids, idsOf(api).slice(0, 9))
})

test('the events', async (t) => {
  const api = await standIn(t, { records: 1 })
  const spool = new Spool()
  await collect(sourceOf(t, api), spool)
  t.match(spool.lines, [/^CEF:0\|Netwrix\|Active Directory\|.*externalId=/])
  const classic = new Spool()
  await collect(sourceOf(t, api, { profile: 'classic' }), classic)
  t.notMatch(classic.lines, [/externalId/])
})

test('killed and restarted at every page, before and after the commit', async (t) => {
  const api = await standIn(t, { records: 15 })
  const spool = new Spool()
  for (let commits = false; ; commits = !commits) {
    const source = sourceOf(t, api)
    const { signal } = new AbortController()
    const run = source.batches(spool.checkpoint, signal)[Symbol.asyncIterator]()
    const { value } = (await run.next()) as { value: Batch }
    if (commits) spool.commit(value)
    await run.return?.()
    await source.close()
    if (commits && value.read === 0 && spool.ids.length > 0) break
  }
  complete(t, spool, api)
  t.equal(
    spool.alreadyGiven,
    0,
    'a page that was not committed was not lost, one that was not twice',
  )
})

test('a page fetched again adds nothing', async (t) => {
  const api = await standIn(t)
  const spool = new Spool()
  await collect(sourceOf(t, api), spool)
  const { from, url } = JSON.parse(spool.checkpoint ?? '') as { from: string; url: string }
  spool.checkpoint = writeCheckpoint({ mode: 'search', from, url })
  await collect(sourceOf(t, api), spool)
  complete(t, spool, api)
  t.equal(spool.alreadyGiven, 10)
})

const errors: [Misbehaviour, code: string][] = [
  ['unauthorized', 'unauthorized'],
  ['forbidden', 'forbidden'],
  ['not-found', 'not-found'],
  ['bad-request', 'bad-request'],
  ['too-many', 'server'],
  ['busy', 'server'],
  ['error-empty', 'server'],
  ['error-sql', 'server'],
  ['error-echo', 'server'],
  ['redirect', 'bad-answer'],
  ['html', 'bad-answer'],
  ['doctype', 'bad-answer'],
  ['other-json', 'bad-answer'],
  ['no-body', 'bad-answer'],
  ['cut-json', 'bad-answer'],
  ['cut-body', 'bad-answer'],
  ['hangup', 'network'],
  ['silence', 'timeout'],
  ['drip', 'timeout'],
]

for (const [kind, code] of errors) {
  test(`in the middle of a run: ${kind}`, async (t) => {
    const api = await standIn(t)
    const spool = new Spool()
    const slow = code === 'timeout' ? { timeout: 1500 } : {}
    const source = sourceOf(t, api, slow)
    await collect(source, spool, () => true)
    const { checkpoint } = spool
    api.misbehave(kind, 2)
    for (const attempt of ['first', 'second']) {
      const asked = api.requests.length
      const thrown = await collect(source, spool)
      t.match(thrown, { code }, `${attempt}: one clear error`)
      t.equal(api.requests.length, asked + 1, 'asked once')
      t.equal(spool.checkpoint, checkpoint, 'mark kept')
      const shown = inspect(thrown, { depth: Infinity, showHidden: true })
      t.notOk(shown.includes(api.password), 'no password')
    }
    t.equal(await collect(source, spool), undefined)
    complete(t, spool, api)
    t.equal(spool.alreadyGiven, 0)
  })
}

for (const kind of [
  'other-name',
  'bom',
  'null-list',
  'empty-page',
  'empty-page-empty-mark',
] as const) {
  test(`taken as it is: ${kind}`, async (t) => {
    const api = await standIn(t)
    const spool = new Spool()
    const source = sourceOf(t, api)
    await collect(source, spool, () => true)
    api.misbehave(kind)
    let empty = 0
    const last = kind === 'other-name' || kind === 'bom' ? 1 : 2
    await collect(source, spool, (_spool, batch) => batch.read === 0 && ++empty === last)
    complete(t, spool, api)
    t.match(JSON.parse(spool.checkpoint ?? ''), { mark: /./ }, 'a mark is never replaced by none')
  })
}

test('taken as it is: a single record in place of the list', async (t) => {
  const api = await standIn(t, { records: 3 })
  api.misbehave('single-object', 3)
  const spool = new Spool()
  await collect(sourceOf(t, api, { pageSize: 1 }), spool)
  complete(t, spool, api)
})

for (const kind of ['repeated-mark', 'no-mark', 'empty-mark'] as const) {
  test(`a mark that does not move is reported and not looped on: ${kind}`, async (t) => {
    const api = await standIn(t)
    const spool = new Spool()
    await collect(sourceOf(t, api), spool, () => true)
    const { checkpoint } = spool
    api.misbehave(kind, 3)
    const abort = new AbortController()
    // An interval that does not end: all that is asked for is asked for within one.
    const source = sourceOf(t, api, { interval: 1e9 })
    const asked = api.requests.length
    const run = source.batches(spool.checkpoint, abort.signal)[Symbol.asyncIterator]()
    spool.commit((await run.next()).value as Batch)
    const waits = run.next()
    await sleep(200)
    t.equal(api.requests.length, asked + 1, 'one page in one interval')
    abort.abort(new Error('stopping'))
    t.match(await waits, { done: true })
    t.match(spool.notices.at(-1), { level: 'error', code: 'mark-stuck', message: /gave 4 records/ })
    t.equal(spool.checkpoint, checkpoint, 'mark kept')
    await collect(sourceOf(t, api), spool)
    complete(t, spool, api)
    t.same(spool.codes(), ['backfill', 'mark-stuck', 'mark-stuck', 'mark-stuck'])
    t.equal(spool.alreadyGiven, 12, 'known records are left out')
  })
}

test('a server that is too slow is asked for fewer, and for more again', async (t) => {
  const api = await standIn(t, { records: 1200 })
  api.slowAbove = 60
  const spool = new Spool()
  const source = sourceOf(t, api, { pageSize: 250, timeout: 1000 })
  const enough = () => spool.ids.length >= 150
  for (let thrown: unknown = true; thrown;) thrown = await collect(source, spool, enough)
  t.match(
    api.requests.map(({ count }) => count),
    [250, 125, 62, 50, 50, 50],
  )
  api.slowAbove = Infinity
  await collect(source, spool)
  complete(t, spool, api)
  t.ok(
    api.requests.slice(6).some(({ count }) => count > 50),
    'grows after full pages in good time (how far depends on this machine)',
  )
})

test('the error of a slow page says what comes next', async (t) => {
  const api = await standIn(t)
  api.slowAbove = 100
  const source = sourceOf(t, api, { pageSize: 200, timeout: 300 })
  t.match(await collect(source, new Spool()), {
    code: 'timeout',
    message: /a page of 200 records; the next try asks for 100/,
  })
})

test('a record that cannot be mapped is set aside whole', async (t) => {
  const bad = [{ RID: 'x', When: '13/13/2026' }, 'not a record', null]
  const api = await standIn(t, {
    records: 6,
    change: (record, index) => (index < 3 ? bad[index] : record),
  })
  const spool = new Spool()
  await collect(sourceOf(t, api, { since: 0 }), spool)
  t.same(spool.ids, idsOf({ ...api, records: api.records.slice(3) }))
  t.match(spool.rejects, [
    { code: 'date', row: 1, record: '{"RID":"x","When":"13/13/2026"}', reason: /13\/13\/2026/ },
    { code: 'record', row: 2, record: '"not a record"' },
    { code: 'record', row: 3, record: 'null' },
  ])
  for (const { origin, reason, id } of spool.rejects) {
    t.equal(origin, '/netwrix/api/v1/activity_records/enum')
    t.match(reason, origin)
    t.equal(id?.length, 16)
  }
  t.ok(
    spool.batches.every(({ read, lines, rejects, ignored }) => {
      return read === lines.count + rejects.length + ignored
    }),
  )
})

t.test('a reject is read again as its page would read it today', async (t) => {
  const nowhere = { url: 'https://127.0.0.1:1', username: 'u', password: 'p', ca: '' }
  const source = create(optionsOf(nowhere as IntegrationApi), context)
  const origin = '/netwrix/api/v1/activity_records/enum'
  const rejectOf = (record: string): StoredReject => {
    const place = { number: 1, at: 1_700_000_000_000, source: 'activity', origin, row: 3 }
    return { ...place, code: 'record', reason: 'then', record }
  }
  const bare = { Action: 'Added', ObjectType: 'user' }
  const good = { RID: 'x', ...bare, When: '2026-11-22T00:00:00Z' }
  const lines = await source.remap(rejectOf(JSON.stringify(good)))
  const page = activityBatch([good], { profile: 'standard', receivedAt: 0, origin }).lines
  t.same({ ...lines }, { ...page }, 'the line of the page, under the id of its RID')
  t.same(lines.ids, recordId('x'))
  const undated = await source.remap(rejectOf(JSON.stringify(bare)))
  t.same(
    undated.ids,
    activityBatch([bare], { profile: 'standard', receivedAt: 0, origin }).lines.ids,
  )
  t.equal(unpackLines(undated.bytes)[0]?.time, 1_700_000_000_000, 'when it was received')
  const still: [record: string, code: string][] = [
    ['{"RID":"x","When":"13/13/2026"}', 'date'],
    ['"not a record"', 'record'],
    ['{"RID":"x', 'record'],
    ['', 'record'],
  ]
  for (const [record, code] of still) {
    const why = { code, permanent: true, message: /activity_records\/enum record 3: / }
    await t.rejects(source.remap(rejectOf(record)), why, record)
  }
  await source.close()
})

test('records without RID are known by their content', async (t) => {
  let eighth = {}
  const api = await standIn(t, {
    change: ({ RID: _RID, ...record }, index) => {
      if (index === 8) eighth = record
      // The same content, its fields in another order.
      return index === 9 ? Object.fromEntries(Object.entries(eighth).reverse()) : record
    },
  })
  const spool = new Spool()
  await collect(sourceOf(t, api, { since: 0 }), spool)
  t.equal(spool.ids.length, 9)
  t.equal(spool.alreadyGiven, 1)
})

test('another url keeps the mark and says so', async (t) => {
  const api = await standIn(t)
  const spool = new Spool()
  await collect(sourceOf(t, api), spool)
  const url = api.url.replace('127.0.0.1', 'localhost')
  await collect(sourceOf(t, api, { url }), spool)
  await collect(sourceOf(t, api, { url }), spool)
  t.same(spool.codes(), ['backfill', 'url-changed'], 'once')
  t.equal(spool.alreadyGiven, 0)
})

test('a checkpoint of something else is not taken for none', async (t) => {
  const api = await standIn(t)
  const spool = new Spool()
  spool.checkpoint = '{"version":2}'
  t.match(await collect(sourceOf(t, api), spool), {
    code: 'config',
    retryAfter: Infinity,
    message: /^sources\.activity: the stored mark/,
  })
  t.equal(api.requests.length, 0)
})

test('tls.verify: false is warned about', async (t) => {
  const api = await standIn(t)
  const spool = new Spool()
  const tls = { ...optionsOf(api).tls, ca: null, verify: false }
  const source = sourceOf(t, api, { tls })
  await collect(source, spool)
  await collect(source, spool)
  t.same(spool.codes(), ['tls', 'backfill'], 'at the start, and not with every page')
  t.match(spool.notices[0], { level: 'warn', message: /tls\.verify is false/ })
  complete(t, spool, api)
})

test('while the server is down, no batch tells that all is well', async (t) => {
  const api = await standIn(t)
  const spool = new Spool()
  const source = sourceOf(t, api)
  await collect(source, spool)
  const { length } = spool.batches
  api.misbehave('busy')
  await collect(source, spool)
  t.equal(spool.batches.length, length)
})

test('the password is in nothing that can be shown', async (t) => {
  const api = await standIn(t)
  const source = sourceOf(t, api)
  await collect(source, new Spool())
  t.notOk(inspect(source, { depth: Infinity, showHidden: true }).includes(api.password))
  t.notOk(JSON.stringify(source).includes(api.password))
  t.notOk(process.title.includes(api.password))
})

async function steps(
  t: Test,
  source: Source,
  checkpoint?: string,
  connect = true,
): Promise<CheckStep[]> {
  const all: CheckStep[] = []
  for await (const step of source.check(checkpoint, new AbortController().signal, connect))
    all.push(step)
  t.ok(all.every(({ milliseconds }) => milliseconds >= 0))
  return all
}

test('check', async (t) => {
  const api = await standIn(t)
  t.match(await steps(t, sourceOf(t, api)), [
    { name: 'url', ok: true, detail: `${api.url}/netwrix/api/v1/` },
    { name: 'certificates', ok: true },
    { name: 'start', ok: true, detail: /a backfill is coming.*records since/ },
    { name: 'dns', ok: true, detail: '127.0.0.1' },
    { name: 'tcp', ok: true, detail: /^127\.0\.0\.1, port \d+$/ },
    {
      name: 'tls',
      ok: true,
      detail: /^TLSv1\.3, CN=Netwrix Integration API.*SHA-256 .*364 days left$/,
    },
    { name: 'authentication', ok: true, detail: /siem is let in.*at least one record waits/ },
  ])
  t.match(api.requests, [{ mode: 'search', count: 1 }], 'one page of one record')
  const spool = new Spool()
  await collect(sourceOf(t, api), spool)
  const { length } = api.requests
  const again = await steps(t, sourceOf(t, api), spool.checkpoint)
  t.match(again[2], { name: 'start', detail: 'goes on after the stored mark' })
  t.match(again.at(-1), { name: 'authentication', detail: /no record waits: .*role/ })
  t.equal(api.requests.length, length + 1)
  t.equal((await steps(t, sourceOf(t, api), undefined, false)).at(-1)?.name, 'start')
  t.equal(api.requests.length, length + 1, 'without connect, nothing leaves this machine')
})

test('the certificates that a connection rests on are told', async (t) => {
  const api = await standIn(t)
  const authority = await makeAuthority(t.testdir())
  const { cert, key } = await authority.sign('cefline')
  const seen: (readonly Certificate[])[] = []
  const tls = { ...optionsOf(api).tls, cert, key }
  const connected = (certificates: readonly Certificate[]) => seen.push(certificates)
  const source = create({ ...optionsOf(api), tls }, { ...context, connected })
  t.teardown(() => source.close())
  await collect(source, new Spool())
  t.match(seen, [[{ whose: 'peer', fingerprint: api.fingerprint }, { whose: 'own' }]])
  t.ok((seen[0]?.[0]?.validTo ?? 0) > Date.now())
  const distrusting = create(
    { ...optionsOf(api), tls: { ...tls, ca: null } },
    { ...context, connected },
  )
  t.teardown(() => distrusting.close())
  t.match(await collect(distrusting, new Spool()), { code: 'tls' })
  t.equal(seen.length, 1, 'of a peer that is not trusted nothing')
})

test('check of what does not work', async (t) => {
  const api = await standIn(t)
  const last = async (options: Partial<Options>, checkpoint?: string) => {
    const all = await steps(t, sourceOf(t, api, options), checkpoint)
    t.same(all.filter(({ ok }) => !ok).length, 1, 'one step fails')
    return all.find(({ ok }) => !ok)
  }
  const tls = { ...optionsOf(api).tls, ca: null }
  const pinned = sourceOf(t, api, { tls: { ...tls, fingerprint: api.fingerprint } })
  t.match((await steps(t, pinned))[5], { ok: true, detail: new RegExp(api.fingerprint) })
  t.match(await last({ tls }), { name: 'tls', detail: new RegExp(api.fingerprint) })
  t.match(await last({ password: 'wrong' }), { name: 'authentication', detail: /401/ })
  t.match(await last({ url: 'https://no-such-host.invalid' }), { name: 'dns' })
  t.match(await last({ tls: { ...tls, ca: '/no/such/file.pem' } }), {
    name: 'certificates',
    detail: /sources\.activity\.tls\.ca/,
  })
  t.match(await last({}, 'not a checkpoint'), { name: 'url', detail: /stored mark/ })
  await api.close()
  t.match(await last({}), { name: 'tcp', detail: /nothing listens/ })
})

test('options that cannot be used', async (t) => {
  const api = await standIn(t)
  const good = optionsOf(api)
  const bad: [Partial<Options>, RegExp][] = [
    [{ url: 'auditor' }, /^sources\.activity\.url is “auditor”, no https address; write https/],
    [{ url: 'ftp://u:secret@a.example' }, /url is “ftp:\/\/\*\*\*\*@a\.example”/],
    [{ url: 'https://u:secret@a.example' }, /url holds a user or password/],
    [{ url: 'https://a.example/?x=1' }, /url has a query/],
    [{ url: 'http://a.example:9699' }, /over which anyone can read the password.*allowPlainHttp/],
    [{ password: null }, /password is missing and required, unless auth is negotiate/],
    [{ auth: 'ntlm', keytab: '/k' }, /auth is ntlm, but a keytab .* is set: write negotiate/],
    [{ proxy: 'ftp://u:secret@p' }, /proxy is “ftp:\/\/\*\*\*\*@p”, no address of an HTTP proxy/],
    [{ filter: { Wo: 'x' } }, /^sources\.activity\.filter\.Wo is no filter.*did you mean Who\?$/],
    [{ username: 'a:b' }, /username holds a colon/],
    [{ pageSize: 0 }, /pageSize is 0/],
    [{ interval: 0 }, /interval is 0 ms/],
    [{ timeout: 0 }, /timeout is 0 ms/],
  ]
  for (const [options, message] of bad) {
    const make = () => create({ ...good, ...options }, { name: 'activity', remembers: () => false })
    t.throws(make, { code: 'config', message })
  }
  const plain = { url: 'http://a.example:9699', allowPlainHttp: true }
  await create({ ...good, ...plain }, { name: 'a', remembers: () => false }).close()
})

test('every option has a sentence', async (t) => {
  for (const [name, option] of Object.entries(schema)) {
    if ('doc' in option && typeof option.doc === 'string') t.match(option.doc, /\.$/, name)
    else t.ok(['tls', 'mapping'].includes(name), name)
  }
  t.equal(schema.password.sensitive, true)
})
