/**
 * What `cefline preview` takes for a timeline, by its content, and by which source it is read.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import type { Test } from 'tap'
import { preview } from '../../src/commands/preview.ts'
import type { PreviewOptions } from '../../src/commands/preview.ts'
import { timelineChunks, timelineHeader, timelineRow } from '../helpers/timeline-rows.ts'
import { printed } from './helpers.ts'

const rows = 12
const content = Buffer.concat([...timelineChunks(rows)])

const sources = {
  alerts: { type: 'netwrix-alerts', folder: './drop' },
  first: { type: 'timeline', folder: './timelines', evidence: 'disk one' },
  second: {
    type: 'timeline',
    folder: './others',
    mapping: { privacy: { fields: { host: 'drop' } } },
  },
}

interface Shown {
  record: Record<string, string>
  cef: string
  frames: Record<string, string>
}

async function previewOf(
  t: Test,
  given: string | Buffer,
  options: Partial<PreviewOptions> = {},
  configured: object = sources,
) {
  const configuration = {
    sources: configured,
    destinations: { out: { type: 'console', from: Object.keys(configured) } },
  }
  const folder = t.testdir({ 'cefline.json': JSON.stringify(configuration) })
  const file = join(folder, 'disk.csv')
  writeFileSync(file, given)
  const config = join(folder, 'cefline.json')
  const { code, text } = await printed(t, () =>
    preview({ config, files: [file], json: true, ...options }),
  )
  const lines = text.split('\n').filter((line) => line !== '')
  return {
    code,
    shown: options.json === false ? [] : lines.map((line) => JSON.parse(line) as Shown),
  }
}

for (const [name, given] of [
  ['as it is', content],
  ['packed', gzipSync(content)],
] as const) {
  t.test(`l2tcsv ${name}`, async (t) => {
    const { code, shown } = await previewOf(t, given)
    t.equal(code, 0)
    t.equal(shown.length, rows)
    t.match(shown[1], {
      record: { source: String, type: String, evidence_name: 'disk one' },
      cef: /^CEF:0\|CadoSecurity\|CadoResponse\|/,
    })
    t.match(shown[1]?.frames['out'], shown[1]?.cef.slice(0, 60) ?? '-')
  })
}

t.test('no more than asked for', async (t) => {
  t.equal((await previewOf(t, content, { limit: 3 })).shown.length, 3)
})

t.test('by the defaults, where no source reads timelines', async (t) => {
  const { shown } = await previewOf(t, content, {}, { alerts: sources.alerts })
  t.match(shown[0]?.record, { evidence_name: 'disk' })
})

t.test('a row that is rejected is shown beside the others', async (t) => {
  const given = [timelineHeader, timelineRow(0), 'no row', timelineRow(1)].join('\n')
  const { code, shown } = await previewOf(t, given)
  t.equal(code, 1)
  t.equal(shown.length, 3)
  const rejected = shown.filter((line) => 'code' in line)
  t.match(rejected, [{ code: 'row', row: 3, origin: 'disk.csv' }])
  const numbers = shown.flatMap(({ cef }) => /row-\d+/.exec(cef ?? '')?.[0] ?? [])
  t.strictSame(numbers, ['row-00000000', 'row-00000001'])
})

t.test('what a mapping hides, unless it is asked for', async (t) => {
  const hidden = await previewOf(t, content, { source: 'second' })
  t.notOk(hidden.shown.some(({ record }) => 'host' in record))
  const raw = await previewOf(t, content, { source: 'second', raw: true })
  t.match(raw.shown[0]?.record, { host: 'WKS-0042.corp.example' })
  t.notMatch(raw.shown[0]?.cef, /WKS-0042/, 'what is sent stays hidden')
})

t.test('a source of another type does not read it', async (t) => {
  await t.rejects(previewOf(t, content, { source: 'nobody' }), { code: 'config' })
})

t.test('a torn file gives its rows and a reject, as everywhere', async (t) => {
  const packed = gzipSync(content)
  const { code, shown } = await previewOf(t, packed.subarray(0, packed.length - 8))
  t.equal(code, 1)
  t.equal(shown.filter((line) => 'cef' in line).length, rows)
  t.match(
    shown.filter((line) => 'code' in line),
    [{ code: 'encoding', reason: /^disk\.csv ends in the middle of its packed data, after row/ }],
  )
})

t.test('a file none of whose rows can be read is its rejects', async (t) => {
  const { code, shown } = await previewOf(t, `${timelineHeader}\nno row\nnor this\n`)
  t.equal(code, 1)
  t.match(shown, [
    { code: 'row', row: 2 },
    { code: 'row', row: 3 },
  ])
})

t.test('what is no timeline is not quoted where a mapping hides', async (t) => {
  const options = { source: 'second' }
  const failure = { code: 'header', message: /^disk\.csv: the file begins with / }
  await t.rejects(previewOf(t, 'mary has 5 lambs\n', options), failure)
  const thrown: unknown = await previewOf(t, 'mary has 5 lambs\n', options).catch(String)
  t.notMatch(thrown, /mary/)
})
