/**
 * The Integration API when it is ill, by the real loop with its waits in a fast clock: each failure is
 * one line in the log, nothing is lost and nothing comes twice, and the server is not hammered.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { Test } from 'tap'
import { unpackLines } from '../../src/io/lines.ts'
import { collect } from '../../src/pipeline/collect.ts'
import { create, schema } from '../../src/sources/netwrix-api.ts'
import type { Options } from '../../src/sources/netwrix-api.ts'
import { makeAuthority } from '../helpers/certificates.ts'
import { fastClock } from '../helpers/fast-clock.ts'
import { illnesses, large, startIllApi } from '../helpers/integration-api-ill.ts'
import type { IllApi } from '../helpers/integration-api-ill.ts'
import { startIntegrationApi } from '../helpers/integration-api.ts'
import type { IntegrationApi, IntegrationApiOptions } from '../helpers/integration-api.ts'
import { needs } from '../helpers/peers.ts'
import { recordedEvents, spoolFor } from '../helpers/pipeline.ts'

const hour = 3_600_000

interface Line {
  level: number
  code?: string
  msg: string
}

interface Running {
  /** RIDs, without their time, in the order in which they are in the spool. */
  rids(): string[]
  /** Errors. */
  log(): Line[]
  until(condition: () => boolean): Promise<void>
  stop(): Promise<void>
  ledger(): { read: number; spooled: number; alreadyGiven: number; rejected: number }
}

async function standIn(t: Test, options: Partial<IntegrationApiOptions> = {}) {
  const api = await startIntegrationApi({ records: 12, plainHttp: true, ...options })
  t.teardown(() => api.close())
  return api
}

async function illIn(t: Test, ...given: Parameters<typeof startIllApi>): Promise<IllApi> {
  const ill = await startIllApi(...given)
  t.teardown(() => ill.close())
  return ill
}

/** The source as it is when nothing but its address is given. */
async function run(
  t: Test,
  api: IntegrationApi,
  url: string,
  options: Partial<Options> = {},
): Promise<Running> {
  const spool = await spoolFor(t)
  const { events, log } = recordedEvents()
  const { username, password } = api
  const login = { url, username, password, allowPlainHttp: true, pageSize: 4 }
  const source = create(
    { ...(defaults(schema) as unknown as Options), ...login, ...options },
    { name: 'activity', remembers: () => false },
  )
  const ending = new AbortController()
  const loop = collect({
    name: 'activity',
    source,
    spool,
    events: events.source('activity'),
    makeRoom: async () => false,
    signal: ending.signal,
  })
  const all: string[] = []
  let at = 0
  const rids = (): string[] => {
    for (let block; (block = spool.next('activity', at)); at = block.sequence) {
      for (const { cef } of unpackLines(block.lines)) all.push(ridOf(cef))
    }
    return all
  }
  const errors = () => log().filter(({ level }) => level >= 50)
  const running: Running = {
    rids,
    log: errors,
    async until(condition) {
      for (let turn = 0; turn < 6000 && !condition(); turn += 1) await sleep(10)
      if (!condition()) throw new Error(`it did not come to that: ${JSON.stringify(errors())}`)
    },
    async stop() {
      ending.abort()
      await loop
      await source.close()
    },
    ledger: () => {
      const queue = spool.queues().find((state) => state.queue === 'activity')
      if (!queue) throw new Error('no queue')
      return queue.ledger
    },
  }
  t.teardown(() => running.stop())
  return running
}

function defaults(part: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(part).map(([name, option]: [string, object]) => [
      name,
      'default' in option ? option.default : defaults(option),
    ]),
  )
}

function ridOf(cef: string): string {
  return / externalId=(\S+)/.exec(cef)?.[1] ?? cef.slice(0, 200)
}

/** Each record once and in order. */
function once(t: Test, running: Running, api: IntegrationApi): void {
  t.strictSame(
    running.rids(),
    api.records.map(({ RID }) => RID?.slice(-32)),
  )
}

/** And `again` ones that were known. */
function complete(t: Test, running: Running, api: IntegrationApi, again = 0): void {
  once(t, running, api)
  const { length } = api.records
  t.match(running.ledger(), {
    read: length + again,
    spooled: length,
    alreadyGiven: again,
    rejected: 0,
  })
}

/** What an hour of it comes to: tries at most (the backoff’s with its jitter), and what is said. */
const hours: [keyof typeof illnesses, tries: number, code: string, said: RegExp][] = [
  [
    'unauthorized',
    3,
    'unauthorized',
    /answered 401 to .*: check username and password; .*in (5|35) minutes/,
  ],
  ['too-many', 130, 'server', /answered 429: the server is busy/],
  ['too-many-seconds', 31, 'server', /answered 429: .*; tries again in 120 s$/],
  ['too-many-date', 7, 'server', /answered 429: .*; tries again in (599|600) s$/],
  ['error-empty', 130, 'server', /answered 500 \(it gave no reason\)\. Look at the Auditor Server/],
  [
    'html',
    130,
    'bad-answer',
    /answered 200 with text\/html .*Is the url the Integration API’s own/,
  ],
  ['cut-json', 130, 'bad-answer', /not whole JSON.*The mark is kept/],
  ['cut-body', 130, 'bad-answer', /ended after \d+ of \d+ bytes of the answer; the mark is kept/],
  ['hangup', 130, 'network', /closed without an answer .*write https/],
]

for (const [kind, tries, code, said] of hours) {
  t.test(`an hour of it: ${kind}`, async (t) => {
    const clock = fastClock(t)
    const api = await standIn(t)
    const ill = await illIn(t, api)
    let since: number | undefined
    ill.fall(illnesses[kind], () => {
      if (ill.pages === 0) return false
      since ??= clock.now
      return clock.now - since < hour
    })
    const running = await run(t, api, ill.url)
    await running.until(() => running.rids().length >= 12)
    await running.stop()
    complete(t, running, api)
    const log = running.log()
    t.ok(log.length > 0 && log.length <= tries, `${log.length} tries`)
    t.ok(ill.asked.all <= log.length * 2, `asked ${ill.asked.all} times, as each may begin anew`)
    t.ok(ill.asked.logins <= log.length + 1, `${ill.asked.logins} logins`)
    for (const line of log) {
      t.match(line, { code, msg: said })
      t.ok(line.msg.includes(ill.url), 'the place')
      t.match(line.msg, /; tries again (at once|in \d+ s)$/)
    }
  })
}

for (const kind of ['slow-head', 'slow-body', 'silence'] as const) {
  t.test(`no whole answer in time: ${kind}`, async (t) => {
    fastClock(t)
    const api = await standIn(t)
    const ill = await illIn(t, api)
    ill.fall(illnesses[kind], () => ill.pages > 0 && ill.asked.all < 4)
    const running = await run(t, api, ill.url, { timeout: 400 })
    await running.until(() => running.rids().length >= 12)
    await running.stop()
    complete(t, running, api)
    const log = running.log()
    t.ok(log.length > 0 && log.length <= 4)
    for (const line of log) {
      t.match(line, { code: 'timeout', msg: /no whole answer within 0\.4 s .*; tries again/ })
      t.ok(line.msg.includes(ill.url), 'the place')
    }
  })
}

t.test('an hour of marks that lead nowhere', async (t) => {
  const clock = fastClock(t)
  const api = await standIn(t)
  const ill = await illIn(t, api)
  ill.fall(illnesses['repeated-mark'], () => ill.pages > 0 && clock.now < hour)
  const running = await run(t, api, ill.url, { interval: 60_000 })
  await running.until(() => running.rids().length >= 12)
  await running.stop()
  const times = running.log().length
  t.ok(times > 0 && times <= 61, `${times} times in an hour of one interval a minute`)
  t.ok(ill.asked.all <= times + 1)
  t.match(running.log()[0], {
    code: 'mark-stuck',
    msg: /gave 4 records with a mark that was there/,
  })
  // The page behind the mark is new once, and known from then on.
  complete(t, running, api, times * 4)
})

for (const kind of ['empty-with-mark', 'empty-without-mark'] as const) {
  t.test(`an hour of pages without a record: ${kind}`, async (t) => {
    const clock = fastClock(t)
    const api = await standIn(t)
    const ill = await illIn(t, api)
    ill.fall(illnesses[kind], () => ill.pages > 0 && clock.now < hour)
    const running = await run(t, api, ill.url, { interval: 60_000 })
    await running.until(() => running.rids().length >= 12)
    await running.stop()
    t.strictSame(running.log(), [], 'it is how the end of the data looks')
    t.ok(ill.asked.all <= 61)
    complete(t, running, api)
  })
}

t.test('a page that is too large is asked for in smaller ones', async (t) => {
  fastClock(t)
  const api = await standIn(t, { records: 6 })
  const ill = await illIn(t, api)
  // 10 MB in each of 6 records: more than the 32 MiB that are taken.
  ill.fall(large(10_000_000), () => true)
  let most = 0
  const before = process.memoryUsage().rss
  const watching = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 10)
  t.teardown(() => clearInterval(watching))
  const running = await run(t, api, ill.url, { pageSize: 6 })
  await running.until(() => running.rids().length >= 6)
  await running.stop()
  t.match(running.log(), [
    { code: 'too-large', msg: /at most 33554432 are taken \(a page of 6 .* asks for 3\); tries/ },
  ])
  once(t, running, api)
  const more = Math.round((most - before) / 1e6)
  t.ok(more < 1000, `${more} MB more than before`)
})

const certified = (name: string, work: (t: Test) => Promise<void>) =>
  t.test(name, needs('openssl'), work)

/** Certificates in PEM, and the path of their authority's. */
async function certificates(t: Test, ...names: string[]) {
  // The spool has the test's own folder.
  const folder = mkdtempSync(join(tmpdir(), 'cefline-ill-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const authority = await makeAuthority(folder)
  const read = (path: string) => readFileSync(path, 'utf8')
  const made = names.map(async (san) => {
    const { cert, key } = await authority.sign(san.replace(/\W/g, '-'), { san })
    return { cert: read(cert), key: read(key) }
  })
  const tls = { ...(defaults(schema)['tls'] as Options['tls']), ca: authority.cert }
  return { tls, certificates: await Promise.all(made) }
}

certified('another certificate in the middle', async (t) => {
  const clock = fastClock(t)
  const { tls, certificates: ours } = await certificates(t, 'IP:127.0.0.1', 'IP:127.0.0.1')
  const [first, second] = ours
  const { certificates: theirs } = await certificates(t, 'IP:127.0.0.1')
  const api = await standIn(t)
  const ill = await illIn(t, api, first)
  let since: number | undefined
  let received = 0
  ill.fall(illnesses.silence, () => {
    // Whose request this is has seen the old one still.
    if (ill.pages === 1 && since === undefined) {
      ill.certify(theirs[0]!)
      since = clock.now
      received = ill.received
    }
    return false
  })
  const running = await run(t, api, ill.url, { tls })
  await running.until(() => since !== undefined && clock.now - since > hour)
  t.equal(ill.received, received, 'it gets no request, and no password')
  ill.certify(second!)
  await running.until(() => running.rids().length >= 12)
  await running.stop()
  complete(t, running, api)
  trusted(t, running, ill, /certificate is of .*not trusted .*correct tls\.ca .* tls\.fingerprint/)
})

certified('a certificate for another name', async (t) => {
  const clock = fastClock(t)
  const { tls, certificates: made } = await certificates(t, 'DNS:a.example', 'IP:127.0.0.1')
  const [other, right] = made
  const api = await standIn(t)
  const ill = await illIn(t, api, other)
  const running = await run(t, api, ill.url, { tls })
  await running.until(() => clock.now > hour)
  t.equal(ill.received, 0, 'it gets no request, and no password')
  ill.certify(right!)
  await running.until(() => running.rids().length >= 12)
  await running.stop()
  complete(t, running, api)
  trusted(t, running, ill, /it is for another name .*a\.example.*tls\.servername/)
})

/** All that went wrong for an hour is the certificate. */
function trusted(t: Test, running: Running, ill: IllApi, said: RegExp): void {
  const log = running.log()
  t.ok(log.length > 0 && log.length <= 130, `${log.length} tries`)
  for (const { code, msg } of log) {
    t.match({ code, msg }, { code: 'tls', msg: said })
    t.ok(msg.includes(ill.url), 'the place')
  }
}

const protocols: [name: string, from: string, to: string, said: RegExp][] = [
  ['https to a plain port', 'http:', 'https:', /does not speak TLS .*set to plain HTTP/],
  ['plain HTTP to a port with TLS', 'https:', 'http:', /write https/],
]

for (const [name, from, to, said] of protocols) {
  certified(name, async (t) => {
    const clock = fastClock(t)
    const api = await standIn(t)
    const { tls, certificates: made } = await certificates(t, 'IP:127.0.0.1')
    const ill = await illIn(t, api, from === 'https:' ? made[0] : undefined)
    const url = ill.url.replace(from, to)
    const running = await run(t, api, url, { tls })
    await running.until(() => clock.now > hour)
    await running.stop()
    const log = running.log()
    t.ok(log.length > 0 && log.length <= 130, `${log.length} tries`)
    t.equal(ill.received, 0)
    for (const { msg } of log) {
      t.match(msg, said)
      t.ok(msg.includes(url), 'the place')
    }
    t.strictSame(running.rids(), [])
  })
}
