import { appendFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import type { Batch } from '../../src/core.ts'
import { unpackLines } from '../../src/io/lines.ts'
import type { AlertReading } from '../../src/netwrix/alert-reader.ts'
import { readAlerts, readFileOnce } from '../../src/netwrix/alert-reader.ts'
import { recordId } from '../../src/netwrix/record.ts'

const reading: AlertReading = { timezone: 'UTC', dateFormat: 'auto', profile: 'standard' }
const example = join(import.meta.dirname, '../../examples/alert.csv')

async function all(path: string, options: Partial<AlertReading> = {}): Promise<Batch[]> {
  return collect(readFileOnce(path, { ...reading, ...options }))
}

async function collect(batches: AsyncIterable<Batch>): Promise<Batch[]> {
  const found: Batch[] = []
  for await (const batch of batches) found.push(batch)
  return found
}

function cefs(batches: Batch[]): string[] {
  return batches.flatMap(({ lines }) => unpackLines(lines.bytes).map(({ cef }) => cef))
}

function ids(batches: Batch[]): string[] {
  return batches.flatMap(({ lines }) =>
    Array.from({ length: lines.count }, (_, index) =>
      lines.ids.toString('hex', index * 16, index * 16 + 16),
    ),
  )
}

t.test('the example', async (t) => {
  const batches = await all(example)
  t.equal(batches.length, 1)
  t.match(batches[0], { read: 6, ignored: 0, rejects: [] })
  const lines = cefs(batches)
  t.match(lines[0], /^CEF:0\|Netwrix\|Active Directory\|1\.0\|Added\|Added user\|7\| shost=/)
  t.match(lines[1], /msg=Security Global Group Member:\\n- Added: "enterprise/)
  const rid = '20260328140305420B9451771F5964A9EAC0A5F35307EA155'
  t.equal(ids(batches)[0], Buffer.from(recordId(rid)).toString('hex'))
  t.equal(new Set(ids(batches)).size, 6)
})

t.test('encodings give the same events', async (t) => {
  const text = 'When,Who,Action\r\n2026-01-02T03:04:05Z,müller,Added\r\n'
  const folder = t.testdir({
    'utf8.csv': text,
    'utf16.csv': Buffer.from(`\ufeff${text}`, 'utf16le'),
    'utf16be.csv': Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
    'western.csv': Buffer.from(text, 'latin1'),
  })
  const names = ['utf8.csv', 'utf16.csv', 'utf16be.csv', 'western.csv']
  for (const name of names) {
    const batches = await all(join(folder, name))
    t.match(cefs(batches)[0], /suser=müller /, name)
    const notices = name === 'western.csv' ? [{ level: 'warn', code: 'encoding' }] : undefined
    t.match(batches[0]?.notices, notices, name)
  }
})

t.test('bad rows do not stop their file', async (t) => {
  const folder = t.testdir({
    'bad.csv': [
      'When\tWho\tAction',
      '2026-01-02T03:04:05Z\tme\tAdded',
      '03/04/2026 10:00\tme\tAdded',
      '2026-01-02T03:04:05Z\t"me\tAdded',
      '2026-01-02T03:04:05Z\tme\tAdded\tmore',
      '\t\t',
      '2026-01-02T03:04:05Z\t\t',
      '2026-01-02T03:04:05Z\tme\tAdded',
    ].join('\n'),
  })
  const [batch] = await all(join(folder, 'bad.csv'))
  t.match(batch, { read: 7, ignored: 2, lines: { count: 2 } })
  t.strictSame(
    batch?.rejects.map(({ row, code }) => [row, code]),
    [
      [3, 'date'],
      [4, 'row'],
      [5, 'row'],
    ],
  )
  t.equal(
    batch?.rejects[0]?.reason,
    'bad.csv row 3 has "03/04/2026 10:00" in When, which may be month/day or day/month; ' +
      'set dateFormat to month-first or day-first',
  )
  t.equal(batch?.rejects[1]?.record, '2026-01-02T03:04:05Z\t"me\tAdded')
  const right = await all(join(folder, 'bad.csv'), { dateFormat: 'day-first' })
  t.equal(right[0]?.lines.count, 3)
  const refused = new Set(batch?.rejects.map(({ id }) => Buffer.from(id ?? []).toString('hex')))
  t.equal(refused.size, 3)
  t.notOk(
    ids(right).some((id) => refused.has(id)),
    'a row that was refused is not known when the configuration was put right',
  )
  t.equal(new Set([...ids(right), ...ids(batch ? [batch] : [])]).size, 3, 'the other rows are')
})

t.test('rows without RID', async (t) => {
  const row = '2026-01-02T03:04:05Z\tme\tAdded\n'
  const folder = t.testdir({
    'a.csv': `When\tWho\tAction\n${row}${row}`,
    'b.csv': `When\tWho\tAction\n${row}${row}`,
    'c.csv': `When\tWho\tAction\n${row}${row}\n`,
  })
  const [a = [], b = [], c = []] = await Promise.all(
    ['a.csv', 'b.csv', 'c.csv'].map((name) => all(join(folder, name))),
  )
  t.equal(new Set(ids(a)).size, 2, 'two rows that look alike are two events')
  t.strictSame(ids(b), ids(a), 'the same file again is the same events')
  t.notSame(ids(c), ids(a), 'another file is others')
  t.match(cefs(a)[0], new RegExp(` externalId=${ids(a)[0]} `))
})

t.test('nothing to read', async (t) => {
  const folder = t.testdir({ 'empty.csv': '', 'header.csv': 'When\tWho\r\n' })
  t.match(await all(join(folder, 'empty.csv')), [
    { read: 0, lines: { count: 0 }, notices: [{ code: 'empty-file' }] },
  ])
  t.match(await all(join(folder, 'header.csv')), [
    { read: 0, lines: { count: 0 }, notices: [{ code: 'empty-file' }] },
  ])
})

t.test('files that can never be read', async (t) => {
  const folder = t.testdir({ 'other.csv': 'a\tb\n1\t2\n', 'header.csv': 'a,b', sub: {} })
  symlinkSync(example, join(folder, 'link.csv'))
  execFileSync('mkfifo', [join(folder, 'fifo.csv')])
  await t.rejects(all(join(folder, 'other.csv')), {
    code: 'header',
    permanent: true,
    message: /^other\.csv: the header "a, b" has no column that is known; one of When/,
  })
  await t.rejects(all(join(folder, 'header.csv')), { code: 'header', permanent: true })
  await t.rejects(all(join(folder, 'fifo.csv')), { code: 'file-unreadable', permanent: true })
  await t.rejects(all(join(folder, 'sub')), { code: 'file-unreadable', permanent: true })
  await t.rejects(all(join(folder, 'link.csv')), { code: 'file-unreadable', message: /symlink/ })
  await t.rejects(all(join(folder, 'none.csv')), { code: 'file-unreadable', permanent: false })
})

t.test('a file that changes while it is read', async (t) => {
  const row = `2026-01-02T03:04:05Z\tme\t${'x'.repeat(400)}\n`
  const folder = t.testdir({ 'a.csv': `When\tWho\tAction\n${row.repeat(5000)}` })
  const path = join(folder, 'a.csv')
  const batches = readFileOnce(path, reading)
  await batches.next()
  appendFileSync(path, row)
  await t.rejects(batches.next(), { code: 'file-changed', permanent: false })
  const identity = { dev: 0n, ino: 0n, size: 0n, mtimeNs: 0n }
  await t.rejects(readAlerts({ path: Buffer.from(path), identity }, reading).next(), {
    code: 'file-changed',
  })
})

t.test('batches are small, and 10 MB of cell is one line', async (t) => {
  const row = '2026-01-02T03:04:05Z\tme\tAdded\n'
  const folder = t.testdir({})
  mkdirSync(join(folder, 'x'))
  writeFileSync(join(folder, 'many.csv'), `When\tWho\tAction\n${row.repeat(5001)}`)
  const many = await all(join(folder, 'many.csv'))
  t.ok(many.length > 2)
  t.ok(many.every(({ lines }) => lines.count <= 2000 && lines.bytes.length < 600 * 1024))
  t.equal(new Set(ids(many)).size, 5001)
  const cell = 'y'.repeat(10 * 1024 * 1024)
  writeFileSync(join(folder, 'big.csv'), `When\tWho\tDetails\n2026-01-02\tme\t"${cell}"\n${row}`)
  const big = await all(join(folder, 'big.csv'))
  t.match(big.at(-1), { read: 1 })
  t.ok(cefs(big)[0]?.includes(cell))
})
