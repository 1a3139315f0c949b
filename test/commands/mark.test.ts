import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { importFile, parseSince, set, show } from '../../src/commands/mark.ts'
import { markAt } from '../helpers/activity-records.ts'
import { startAppliance } from '../helpers/appliance.ts'
import { eventually } from '../helpers/daemon.ts'
import { startIntegrationApi } from '../helpers/integration-api.ts'
import { needs } from '../helpers/peers.ts'
import { placeFor, printed } from './helpers.ts'

const mark = markAt(5)
const source = 'activity'

for (const runs of [false, true]) {
  t.test(runs ? 'an appliance runs' : 'nobody runs', async (t) => {
    const { config, folder, run } = await placeFor(t)
    if (runs) await run()
    const where = runs ? { config: undefined, folder } : { config }
    const file = join(folder, 'Cookie.bin')
    writeFileSync(file, Buffer.from(`\ufeff${mark}\r\n`, 'utf16le'))
    const shown = async () => {
      const { text } = await printed(t, () => show({ ...where, json: true }))
      return JSON.parse(text) as unknown
    }

    t.same(await shown(), [{ source, checkpoint: null }])
    t.match(await printed(t, () => show({ ...where })), {
      code: 0,
      text: /activity +has not begun/,
    })

    const taken = await printed(t, () => importFile({ ...where, file, source }))
    t.match(taken, { code: 0, text: /a mark of \d+ characters, with a position in 3 databases/ })
    t.match(taken.text, /✔.* activity goes on after it$/)
    t.same(await shown(), [{ source, checkpoint: { mode: 'enum', mark }, databases: 3 }])
    t.match(await printed(t, () => show({ ...where, source })), {
      text: /after a mark of \d+ characters \(3 databases\) +any server +none/,
    })

    writeFileSync(file, markAt(1))
    const again = { ...where, file, source }
    await t.rejects(
      printed(t, () => importFile(again)),
      { code: 'refused', message: /"activity" has a mark already.*add --yes/ },
    )
    t.match(await shown(), [{ checkpoint: { mark } }])
    const replaced = await printed(t, () => importFile({ ...again, yes: true, json: true }))
    t.same(JSON.parse(replaced.text), {
      source,
      checkpoint: { mode: 'enum', mark: markAt(1) },
      databases: 1,
      before: { mode: 'enum', mark },
    })

    const since = Date.UTC(2026, 0, 1)
    const dated = await printed(t, () => set({ ...where, source, since }))
    t.match(
      dated.text,
      /goes on at 2026-01-01T00:00:00Z\nbefore: after a mark of \d+ characters, PG5y/,
    )
    t.match(await shown(), [{ checkpoint: { mode: 'search', from: '2026-01-01T00:00:00Z' } }])
    t.match(await printed(t, () => set({ ...where, source, since: 0 })), {
      text: /goes on at the first record/,
    })
    t.match(await shown(), [{ checkpoint: { mode: 'enum' } }])
    await printed(t, () => set({ ...where, source, mark: ` ${mark}\n` }))
    t.match(await shown(), [{ checkpoint: { mode: 'enum', mark } }])

    const no = (name: string) => [
      () => show({ ...where, source: name }),
      () => importFile({ ...where, file, source: name }),
      () => set({ ...where, source: name, since }),
    ]
    for (const wrong of [...no('alerts'), ...no('none')]) {
      await t.rejects(printed(t, wrong), {
        code: 'not-found',
        message: /type netwrix-api \("activity"\)/,
      })
    }
    await t.rejects(set({ ...where, source, mark: 'no mark' }), { code: 'bad-request' })
    await t.rejects(importFile({ ...where, source, file: `${file}.none` }), {
      code: 'file-unreadable',
    })
    writeFileSync(file, 'garbage')
    await t.rejects(importFile({ ...where, source, file }), {
      code: 'bad-request',
      message: /not base64; name the add-on’s file/,
    })
  })
}

t.test('before the first start', async (t) => {
  const { config } = await placeFor(t)
  const folder = t.testdir({ 'Cookie.bin': mark })
  const file = join(folder, 'Cookie.bin')
  const fresh = join(folder, 'c.json')
  const { sources, destinations } = JSON.parse(readFileSync(config, 'utf8')) as Record<
    string,
    object
  >
  const spool = { folder: join(folder, 'data') }
  writeFileSync(fresh, JSON.stringify({ spool, sources, destinations }))
  await t.rejects(show({ config: fresh }), { code: 'not-found' })
  await printed(t, () => importFile({ config: fresh, file, source }))
  t.match((await printed(t, () => show({ config: fresh }))).text, /after a mark/)
})

t.test('ages and dates', async (t) => {
  const now = Date.UTC(2026, 10, 22, 12)
  const table: [text: string, time: number | undefined][] = [
    ['0', 0],
    ['30d', now - 30 * 86_400_000],
    ['12h', now - 12 * 3_600_000],
    ['90m', now - 90 * 60_000],
    ['2026-11-01', Date.UTC(2026, 10, 1)],
    ['2026-11-01T08:00:00+01:00', Date.UTC(2026, 10, 1, 7)],
    ['999999d', 0],
    ['2026-11-23', undefined],
    ['2026-02-30', undefined],
    ['2026-11-01T08:00:00', undefined],
    ['30', undefined],
    ['yesterday', undefined],
    ['', undefined],
  ]
  for (const [text, time] of table) t.equal(parseSince(text, now), time, text)
})

for (const format of ['json', 'xml']) {
  t.test(
    `taken over while it runs: no gap, no duplicates (${format})`,
    needs('openssl'),
    async (t) => {
      const api = await startIntegrationApi({ records: 20 })
      t.teardown(() => api.close())
      const { url, username, password, ca } = api
      // A socket's name has room for 107 bytes: more than tap's folders leave.
      const folder = await mkdtemp(join(tmpdir(), 'cefline-'))
      t.teardown(() => rm(folder, { recursive: true }))
      const cookie = join(folder, 'Cookie.bin')
      writeFileSync(cookie, Buffer.from(`\ufeff${markAt(12)}`, 'utf16le'))
      // The source waits for an answer to its first question, until it has the mark.
      api.slowAbove = 0
      const options = {
        url,
        username,
        password,
        tls: { ca },
        format,
        pageSize: 3,
        interval: '20ms',
      }
      const activity = { type: 'netwrix-api', since: '0', ...options }
      const destinations = { siem: { type: 'file', path: join(folder, 'out.cef') } }
      const configuration = { sources: { activity }, destinations }
      const appliance = startAppliance(t, configuration, { folder })
      await appliance.started
      const isAsked = async () => api.requests.length > 0 || undefined
      await eventually(isAsked, 'nothing is asked')
      api.slowAbove = Infinity
      const config = join(folder, 'cefline.json')
      const where = { config, file: cookie, source, yes: true }
      await printed(t, () => importFile(where))
      const read = async () => (await appliance.status()).sources[0]?.ledger
      const hasRead = (count: number) =>
        eventually(async () => (await read())?.read === count || undefined, `not ${count} records`)
      await hasRead(8)
      api.add(2)
      await hasRead(10)
      t.match(await read(), { read: 10, spooled: 10, alreadyGiven: 0, rejected: 0 })
      t.ok(api.requests.slice(1).every(({ mode, mark }) => mode === 'enum' && mark !== undefined))
    },
  )
}

t.test('where no source is polled, that is said', async (t) => {
  const { config, run } = await placeFor(t)
  const { sources, ...rest } = JSON.parse(readFileSync(config, 'utf8')) as {
    sources: { alerts: object }
  }
  writeFileSync(config, JSON.stringify({ ...rest, sources: { alerts: sources.alerts } }))
  await run()
  const said = await printed(t, () => show({ config }))
  t.match(said, { code: 0, text: /^no source polls the Integration API/ })
  t.match(await printed(t, () => show({ config, json: true })), { code: 0, text: '[]' })
})
