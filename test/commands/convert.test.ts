/**
 * `cefline convert`: what comes out is whole or not there, every row is accounted for, and what is
 * asked wrongly replaces nothing.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import t from 'tap'
import type { Test } from 'tap'
import { convert } from '../../src/commands/convert.ts'
import type { ConvertOptions } from '../../src/commands/convert.ts'
import { root } from '../helpers/root.ts'
import { timelineChunks, timelineHeader, timelineRow } from '../helpers/timeline-rows.ts'
import { printed } from './helpers.ts'

const rows = 250
const content = Buffer.concat([...timelineChunks(rows)])

/** Runs it in a folder with `in.csv`. */
function place(t: { testdir(): string }, input: string | Buffer = content) {
  const folder = t.testdir()
  const at = (name: string) => join(folder, name)
  writeFileSync(at('in.csv'), input)
  const read = (name: string) => readFileSync(at(name), 'utf8').split('\n').slice(0, -1)
  const run = (test: Test, options: Partial<ConvertOptions> = {}) =>
    printed(test, () => convert({ input: at('in.csv'), output: at('out.cef'), ...options }))
  return { at, read, run, names: () => readdirSync(folder).sort() }
}

const ofCado = /^CEF:0\|CadoSecurity\|CadoResponse\|1\.0\.2\|0\|/

t.test('a line for each row, and a summary', async (t) => {
  const { read, run, names } = place(t)
  const { code, errors, text } = await run(t)
  t.equal(code, 0)
  t.equal(text, '')
  const lines = read('out.cef')
  t.equal(lines.length, rows)
  for (const [index, line] of lines.entries()) {
    t.match(line, ofCado)
    t.ok(line.includes(`row_number: row-${String(index).padStart(8, '0')}`))
  }
  t.match(
    errors,
    /^in\.csv: l2tcsv, evidence in, 250 events\n250 read = 250 converted \+ 0 rejected/,
  )
  t.match(errors, /\nfrom 2026-01-05T00:00:00\.000Z to 2026-01-05T00:01:23\.000Z\n/)
  t.match(errors, /\nsource +events +type\n/)
  t.match(errors, /\nEVT +\d+ +Creation Time/)
  t.strictSame(names(), ['in.csv', 'out.cef'])
})

t.test('gzip in, gzip out, CadoJson', async (t) => {
  const { at, run } = place(t, gzipSync(content))
  const { code, errors } = await run(t, {
    output: at('out.jsonl.gz'),
    json: true,
    summary: 'json',
    evidence: 'disk 1',
    evidenceId: 7,
  })
  t.equal(code, 0)
  const objects = gunzipSync(readFileSync(at('out.jsonl.gz')))
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  t.equal(objects.length, rows)
  t.match(objects[0], { evidence_id: 7, evidence_name: 'disk 1', eventTime: 1767571200 })
  const summary = JSON.parse(errors) as { kinds: { count: number }[] }
  t.match(summary, { read: rows, converted: rows, rejected: 0, ignored: 0, withoutTime: 0 })
  t.equal(
    summary.kinds.reduce((sum, { count }) => sum + count, 0),
    rows,
  )
})

t.test('rows that are rejected are kept, with their reasons', async (t) => {
  const bad = [timelineRow(1).replace(/^.{10}/, '13/45/2026'), timelineRow(2).slice(0, 40)]
  const text = [timelineHeader, timelineRow(0), ...bad, bad[0], '', timelineRow(3)].join('\n')
  const { at, read, run } = place(t, text)
  const { code, errors } = await run(t, { rejects: at('rejects.jsonl') })
  t.equal(code, 1)
  t.equal(read('out.cef').length, 2)
  const rejects = read('rejects.jsonl').map((line) => JSON.parse(line) as { record: string })
  t.match(rejects, [
    { row: 3, code: 'date', origin: 'in.csv' },
    { row: 4, code: 'row' },
    { row: 5, code: 'date' },
  ])
  t.ok(rejects[0]?.record.endsWith(bad[0] ?? '-'))
  t.match(errors, /6 read = 2 converted \+ 3 rejected \+ 1 ignored/)
  t.match(errors, /2 rejected: date, .*\(rows 3, 5\)/)
  t.match(errors, /1 rejected: row, .*\(rows 4\)/)
})

t.test('a file that cannot be told ends with 65 and leaves nothing', async (t) => {
  const { at, run, names } = place(t, 'a tale of\nno known form\n')
  const { code, errors } = await run(t, { rejects: at('rejects.jsonl') })
  t.equal(code, 65)
  t.match(errors, /^in\.csv: .+/)
  t.strictSame(names(), ['in.csv'])
})

t.test('nothing could be read: the rejects are there, OUT is not', async (t) => {
  const { at, read, run, names } = place(t, `${timelineHeader}\nfirst\nsecond\n`)
  const { code, errors } = await run(t, { rejects: at('rejects.jsonl') })
  t.equal(code, 1)
  t.match(errors, /nothing could be read of any of its 2 rows/)
  t.strictSame(names(), ['in.csv', 'rejects.jsonl'])
  t.equal(read('rejects.jsonl').length, 2)
})

t.test('torn gzip: what is whole is converted, the rest is a reject', async (t) => {
  const packed = gzipSync(content)
  const { read, run } = place(t, packed.subarray(0, packed.length - 2000))
  const { code, errors } = await run(t)
  t.equal(code, 1)
  t.ok(read('out.cef').length > 0)
  t.match(errors, /1 rejected: encoding, .*ends in the middle/)
})

t.test('an empty file makes an empty one', async (t) => {
  const { read, run } = place(t, '')
  const { code, errors } = await run(t)
  t.equal(code, 0)
  t.strictSame(read('out.cef'), [])
  t.match(errors, /in\.csv has no content\n0 read = 0 converted/)
})

t.test('nothing is replaced that should stay', async (t) => {
  const { at, read, run, names } = place(t)
  writeFileSync(at('out.cef'), 'mine\n')
  await t.rejects(run(t, { input: at('not.csv') }), /not\.csv cannot be read \(ENOENT\)/)
  t.match(await run(t), { code: 1, errors: /out\.cef exists; add --force/ })
  t.strictSame(read('out.cef'), ['mine'])
  const same = await run(t, { output: at('in.csv'), force: true })
  t.match(same, { code: 1, errors: /in\.csv is the file that is read/ })
  t.match(await run(t, { output: at('no/where') }), { code: 1, errors: /\(ENOENT\)/ })
  mkdirSync(at('folder'))
  const onFolder = await run(t, { output: at('folder'), force: true })
  t.match(onFolder, { code: 1, errors: /folder is not a regular file/ })
  t.match(await run(t, { output: '/dev/null', force: true }), {
    code: 1,
    errors: /\/dev\/null is not a regular file/,
  })
  t.strictSame(names(), ['folder', 'in.csv', 'out.cef'])

  symlinkSync(at('out.cef'), at('link.cef'))
  t.equal((await run(t, { output: at('link.cef'), force: true, quiet: true })).errors, '')
  t.equal(read('out.cef').length, rows, 'a link is followed')
})

t.test('a wrong zone is said before anything is made', async (t) => {
  const { run, names } = place(t)
  await t.rejects(run(t, { timezone: 'Mars/Olympus' }), { code: 'config' })
  t.strictSame(names(), ['in.csv'])
})

/** As a program of its own, from the source as it is. */
function start(t: Test, args: string[]) {
  const script = join(root, 'src', 'cli.ts')
  const child = spawn(process.execPath, ['--import=tsx', script, 'convert', ...args], { cwd: root })
  t.teardown(() => child.kill('SIGKILL'))
  const said = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text))
  return { child, said, ended: once(child, 'close') as Promise<[number | null]> }
}

t.test('from standard input to standard output', async (t) => {
  const { child, ended, said } = start(t, ['-', '--quiet'])
  child.stdin.end(content)
  t.equal((await ended)[0], 0)
  t.equal(said.err.replace(/^npm .*\n/gm, ''), '')
  t.equal(said.out.split('\n').length, rows + 1)
})

t.test('interrupted, it leaves nothing and says 130', async (t) => {
  const folder = t.testdir()
  const { child, ended } = start(t, ['-', join(folder, 'out.cef')])
  child.stdin.write(content)
  while (readdirSync(folder).length === 0) await new Promise((go) => setTimeout(go, 20))
  child.kill('SIGINT')
  t.equal((await ended)[0], 130)
  t.strictSame(readdirSync(folder), [])
})

t.test('words that are none are wrong usage', async (t) => {
  const { ended, said } = start(t, ['x', '--format', 'pdf'])
  t.equal((await ended)[0], 64)
  t.match(said.err, /Allowed choices are auto, cado, l2tcsv/)
})
