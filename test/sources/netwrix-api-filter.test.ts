/**
 * The source by XML as by JSON: the same records under the same ids, filters that go with every page,
 * filters that change under a mark, several sources on one server, and what is left out.
 */
import t from 'tap'
import type { Test } from 'tap'
import { isOption } from '../../src/config/schema.ts'
import type { Schema } from '../../src/config/schema.ts'
import type { Batch, CheckStep, Notice } from '../../src/core.ts'
import { recordId } from '../../src/netwrix/record.ts'
import { create, schema } from '../../src/sources/netwrix-api.ts'
import type { Options } from '../../src/sources/netwrix-api.ts'
import { markAt } from '../helpers/activity-records.ts'
import type { ActivityRecordJson } from '../helpers/activity-records.ts'
import { startIntegrationApi } from '../helpers/integration-api.ts'
import type {
  IntegrationApi,
  IntegrationApiOptions,
  Misbehaviour,
} from '../helpers/integration-api.ts'

/** What one source has given. */
interface Kept {
  checkpoint?: string
  ids: string[]
  notices: Notice[]
  ignored: number
}

const nothing = (): Kept => ({ ids: [], notices: [], ignored: 0 })

async function standIn(t: Test, options: Partial<IntegrationApiOptions> = {}) {
  const api = await startIntegrationApi({ records: 12, plainHttp: true, ...options })
  t.teardown(() => api.close())
  return api
}

/** What each option is when it is not written. */
function defaultsOf(options: Schema): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([name, entry]) => {
      return [name, isOption(entry) ? entry.default : defaultsOf(entry)]
    }),
  )
}

function sourceOf(api: IntegrationApi, options: Partial<Options>, name = 'activity') {
  const { url, username, password } = api
  return create(
    {
      ...(defaultsOf(schema) as unknown as Options),
      ...{ url, username, password, allowPlainHttp: true, pageSize: 3, interval: 20 },
      ...options,
    },
    { name, remembers: () => false },
  )
}

/** Runs it until a page is empty. */
async function run(
  api: IntegrationApi,
  options: Partial<Options>,
  kept: Kept,
  name?: string,
): Promise<void> {
  const source = sourceOf(api, options, name)
  const abort = new AbortController()
  try {
    for await (const batch of source.batches(kept.checkpoint, abort.signal)) {
      keep(kept, batch)
      if (batch.read === 0 && batch.checkpoint === undefined) break
    }
  } finally {
    await source.close()
  }
}

function keep(kept: Kept, { lines, notices = [], checkpoint, ignored }: Batch): void {
  for (let index = 0; index < lines.count; index += 1) {
    kept.ids.push(lines.ids.subarray(index * 16, index * 16 + 16).toString('hex'))
  }
  kept.notices.push(...notices.filter(({ code }) => code !== 'login'))
  kept.ignored += ignored
  if (checkpoint !== undefined) kept.checkpoint = checkpoint
}

const idsOf = (records: readonly ActivityRecordJson[]) =>
  records.map(({ RID = '' }) => Buffer.from(recordId(RID)).toString('hex'))
const codesOf = ({ notices }: Kept) => notices.map(({ code }) => code)

for (const format of ['json', 'xml'] as const) {
  const isOf =
    (...names: string[]) =>
    ({ DataSource }: ActivityRecordJson) =>
      names.includes(String(DataSource))

  t.test(`${format}: search and enum, every record once`, async (t) => {
    const api = await standIn(t)
    for (const since of [0, 3_600_000]) {
      const kept = nothing()
      await run(api, { format, since }, kept)
      t.same(kept.ids, idsOf(api.records))
      api.add(2)
      await run(api, { format, since }, kept)
      t.same(kept.ids, idsOf(api.records))
    }
    t.ok(api.requests.every((request) => request.format === format))
  })

  t.test(
    `${format}: the filter goes with every page, beside the moment of the first run`,
    async (t) => {
      const api = await standIn(t)
      const filter = {
        DataSource: ['Active Directory', { StartsWith: 'Exch' }],
        Who: { NotEqualTo: 'x' },
      }
      const kept = nothing()
      await run(api, { format, filter, pageSize: 2 }, kept)
      t.same(kept.ids, idsOf(api.records.filter(isOf('Active Directory', 'Exchange Online'))))
      t.ok(api.requests.length > 3)
      for (const request of api.requests) {
        t.equal(request.mode, 'search')
        t.same(
          request.filter?.map(({ name, operator }) => `${name} ${operator}`),
          ['DataSource Contains', 'DataSource StartsWith', 'Who NotEqualTo', 'When Equals'],
        )
        t.match(request.from, /^\d{4}-/)
      }
      t.match(kept.notices, [{ code: 'backfill', message: /records since .* lets through/ }])
    },
  )

  t.test(`${format}: a When of the user's takes the place of since`, async (t) => {
    const api = await standIn(t)
    const [, , , fourth] = api.records
    const kept = nothing()
    const filter = { When: { From: fourth?.When ?? '' } }
    await run(api, { format, filter, since: 1000 }, kept)
    t.same(kept.ids, idsOf(api.records.slice(3)))
    t.ok(api.requests.every(({ from, filter }) => from === fourth?.When && filter?.length === 1))
  })

  t.test(`${format}: everything that passes, with since: 0`, async (t) => {
    const api = await standIn(t)
    const kept = nothing()
    await run(api, { format, filter: { Action: 'Added' }, since: 0 }, kept)
    t.same(kept.ids, idsOf(api.records.filter(({ Action }) => Action === 'Added')))
    t.ok(api.requests.every(({ mode, from }) => mode === 'search' && from === undefined))
  })

  t.test(`${format}: another filter goes on from the same place, and says so once`, async (t) => {
    const api = await standIn(t)
    api.anyFilter = true
    const kept = nothing()
    await run(api, { format, filter: { DataSource: 'Active Directory' } }, kept)
    const before = api.records.filter(isOf('Active Directory'))
    t.same(kept.ids, idsOf(before))
    api.add(8)
    const filter = { DataSource: 'File Servers' }
    await run(api, { format, filter }, kept)
    await run(api, { format, filter }, kept)
    const after = api.records.slice(9).filter(isOf('File Servers'))
    t.same(kept.ids, idsOf([...before, ...after]), 'what was passed over stays so')
    t.same(codesOf(kept), ['backfill', 'filter-changed'])
    t.match(kept.notices[1], { level: 'warn', message: /cefline mark set activity --since/ })
  })

  t.test(`${format}: a mark that was taken over goes on, with a filter too`, async (t) => {
    const api = await standIn(t)
    api.anyFilter = true
    const checkpoint = JSON.stringify({ version: 1, mode: 'enum', mark: markAt(5) })
    const kept: Kept = { ...nothing(), checkpoint }
    await run(api, { format }, kept)
    t.same(kept.ids, idsOf(api.records.slice(5)))
    t.ok(api.requests.every(({ mode }) => mode === 'enum'))
    const filtered: Kept = { ...nothing(), checkpoint }
    await run(api, { format, filter: { DataSource: 'File Servers' } }, filtered)
    t.same(filtered.ids, idsOf(api.records.slice(5).filter(isOf('File Servers'))))
  })

  t.test(`${format}: several sources on one server, each its own mark`, async (t) => {
    const api = await standIn(t)
    const [first, second] = [nothing(), nothing()]
    const run1 = () => run(api, { format, filter: { DataSource: 'SQL Server' } }, first, 'one')
    const run2 = () => run(api, { format, filter: { DataSource: 'File' } }, second, 'two')
    await Promise.all([run1(), run2()])
    api.add(6)
    await run2()
    await run1()
    t.same(first.ids, idsOf(api.records.filter(isOf('SQL Server'))))
    t.same(second.ids, idsOf(api.records.filter(isOf('File Servers'))))
    t.not(first.checkpoint, second.checkpoint)
  })

  t.test(`${format}: what is left out is counted`, async (t) => {
    const api = await standIn(t)
    const kept = nothing()
    await run(api, { format, leaveOut: ['active directory', 'None'] }, kept)
    const left = api.records.filter(isOf('Active Directory'))
    t.equal(kept.ignored, left.length)
    t.same(kept.ids, idsOf(api.records.filter((record) => !left.includes(record))))
  })

  const borne = ['other-format', 'bom', 'null-list', 'empty-page', 'other-name'] as const
  for (const kind of borne satisfies readonly Misbehaviour[]) {
    t.test(`${format}: taken as it is: ${kind}`, async (t) => {
      const api = await standIn(t)
      api.misbehave(kind)
      const kept = nothing()
      await run(api, { format }, kept)
      await run(api, { format }, kept)
      t.same(kept.ids, idsOf(api.records))
    })
  }

  const refused = ['cut-json', 'cut-body', 'html', 'bad-request', 'error-sql', 'doctype'] as const
  for (const kind of refused satisfies readonly Misbehaviour[]) {
    t.test(`${format}: one clear error, the mark kept: ${kind}`, async (t) => {
      const api = await standIn(t)
      const kept = nothing()
      const source = sourceOf(api, { format })
      const reading = source
        .batches(undefined, new AbortController().signal)
        [Symbol.asyncIterator]()
      for (let batch = 0; batch < 2; batch += 1) keep(kept, (await reading.next()).value as Batch)
      await source.close()
      const { checkpoint } = kept
      api.misbehave(kind)
      await t.rejects(run(api, { format }, kept), { name: 'CeflineError' })
      t.equal(kept.checkpoint, checkpoint)
      await run(api, { format }, kept)
      t.same(kept.ids, idsOf(api.records))
    })
  }
}

t.test('JSON and XML in turn: no gap, no duplicates', async (t) => {
  const api = await standIn(t)
  const kept = nothing()
  for (const format of ['json', 'xml', 'json', 'xml'] as const) {
    await run(api, { format }, kept)
    api.add(4)
  }
  t.same(kept.ids, idsOf(api.records.slice(0, -4)))
})

t.test('a filter is checked, and a doubt is said', async (t) => {
  const api = await standIn(t)
  t.throws(() => sourceOf(api, { filter: { Who: { Is: 'x' } } }), {
    code: 'config',
    message: /^sources\.activity\.filter\.Who\.Is is no operator/,
  })
  const source = sourceOf(api, { filter: { Action: 'Addd' } })
  const steps: CheckStep[] = []
  for await (const step of source.check(undefined, new AbortController().signal, false))
    steps.push(step)
  t.match(
    steps.find(({ name }) => name === 'filter'),
    { ok: true, detail: /^\{"Action":"Addd"\}; .*did you mean "Added"\?$/ },
  )
  const kept = nothing()
  await run(api, { filter: { Action: 'Addd' } }, kept)
  t.same(codesOf(kept), ['filter', 'backfill'])
  await source.close()
})
