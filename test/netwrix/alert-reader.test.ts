import { appendFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import type { Batch } from '../../src/core.ts'
import { unpackLines } from '../../src/io/lines.ts'
import type { AlertReading } from '../../src/netwrix/alert-reader.ts'
import { AlertReader, readFileOnce } from '../../src/netwrix/alert-reader.ts'
import { recordId } from '../../src/netwrix/record.ts'
import { root } from '../helpers/root.ts'

const reading: AlertReading = { timezone: 'UTC', dateFormat: 'auto', profile: 'standard' }
const example = join(root, 'examples', 'alert.csv')

function all(path: string, options: Partial<AlertReading> = {}): Batch[] {
  return [...readFileOnce(path, { ...reading, ...options })]
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
  const batches = all(example)
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
    const batches = all(join(folder, name))
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
  const [batch] = all(join(folder, 'bad.csv'))
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
  t.equal(batch?.rejects[1]?.record, 'When\tWho\tAction\n2026-01-02T03:04:05Z\t"me\tAdded')
  const right = all(join(folder, 'bad.csv'), { dateFormat: 'day-first' })
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
  const [a = [], b = [], c = []] = ['a.csv', 'b.csv', 'c.csv'].map((name) =>
    all(join(folder, name)),
  )
  t.equal(new Set(ids(a)).size, 2, 'two rows that look alike are two events')
  t.strictSame(ids(b), ids(a), 'the same file again is the same events')
  t.notSame(ids(c), ids(a), 'another file is others')
  t.match(cefs(a)[0], new RegExp(` externalId=${ids(a)[0]} `))
})

t.test('nothing to read', async (t) => {
  const folder = t.testdir({ 'empty.csv': '', 'header.csv': 'When\tWho\r\n' })
  t.match(all(join(folder, 'empty.csv')), [
    { read: 0, lines: { count: 0 }, notices: [{ code: 'empty-file' }] },
  ])
  t.match(all(join(folder, 'header.csv')), [
    { read: 0, lines: { count: 0 }, notices: [{ code: 'empty-file' }] },
  ])
})

t.test('files that can never be read', async (t) => {
  const folder = t.testdir({ 'other.csv': 'a\tb\n1\t2\n', 'header.csv': 'a,b', sub: {} })
  symlinkSync(example, join(folder, 'link.csv'))
  execFileSync('mkfifo', [join(folder, 'fifo.csv')])
  t.throws(() => all(join(folder, 'other.csv')), {
    code: 'header',
    permanent: true,
    message: /^other\.csv: the header "a, b" has no column that is known; one of When/,
  })
  t.throws(() => all(join(folder, 'header.csv')), { code: 'header', permanent: true })
  t.throws(() => all(join(folder, 'fifo.csv')), { code: 'file-unreadable', permanent: true })
  t.throws(() => all(join(folder, 'sub')), { code: 'file-unreadable', permanent: true })
  t.throws(() => all(join(folder, 'link.csv')), { code: 'file-unreadable', message: /symlink/ })
  t.throws(() => all(join(folder, 'none.csv')), { code: 'file-unreadable', permanent: false })
})

t.test('batches are small, and 10 MB of cell is one line', async (t) => {
  const row = '2026-01-02T03:04:05Z\tme\tAdded\n'
  const folder = t.testdir({})
  mkdirSync(join(folder, 'x'))
  writeFileSync(join(folder, 'many.csv'), `When\tWho\tAction\n${row.repeat(9001)}`)
  const many = all(join(folder, 'many.csv'))
  t.ok(many.length > 2)
  t.ok(many.every(({ lines }) => lines.count <= 4000 && lines.bytes.length < 1100 * 1024))
  t.equal(new Set(ids(many)).size, 9001)
  const cell = 'y'.repeat(10 * 1024 * 1024)
  writeFileSync(join(folder, 'big.csv'), `When\tWho\tDetails\n2026-01-02\tme\t"${cell}"\n${row}`)
  const big = all(join(folder, 'big.csv'))
  t.match(big.at(-1), { read: 1 })
  t.ok(cefs(big)[0]?.includes(cell))
})

t.test('many small files in one batch, and what goes wrong with some of them', async (t) => {
  const row = '2026-01-02T03:04:05Z\tme\tAdded\n'
  const header = 'When\tWho\tAction\n'
  const folder = t.testdir({
    'a.csv': header + row,
    'other.csv': 'a\tb\n1\t2\n',
    'b.csv': `${header}3/4/2026\tme\tAdded\n${row}`,
    'changed.csv': header + row,
    'western.csv': Buffer.from(header + row.replace('me', 'müller'), 'latin1'),
    'empty.csv': '',
  })
  const names = ['a', 'other', 'b', 'changed', 'none', 'western', 'empty'].map(
    (name) => `${name}.csv`,
  )
  const other = { dev: 0n, ino: 0n, size: 0n, mtimeNs: 0n }
  const files = names.map((name) => {
    const path = Buffer.from(join(folder, name))
    return name === 'changed.csv' ? { path, identity: other } : { path }
  })
  const portions = [...new AlertReader(reading).read(files)]
  t.equal(portions.length, 1)
  t.match(portions[0], {
    batch: {
      read: 4,
      lines: { count: 3 },
      rejects: [{ origin: 'b.csv', row: 2 }],
      notices: [
        { code: 'encoding', message: /^western\.csv / },
        { code: 'empty-file', message: /^empty\.csv / },
      ],
    },
    ended: [
      { index: 0, failure: undefined },
      { index: 1, failure: { code: 'header', permanent: true, message: /^other\.csv: / } },
      { index: 2, failure: undefined },
      { index: 3, failure: { code: 'file-changed', permanent: false } },
      { index: 4, failure: { code: 'file-unreadable', permanent: false } },
      { index: 5, failure: undefined },
      { index: 6, failure: undefined },
    ],
  })
})

t.test('a small file changes while its rows are taken', async (t) => {
  const row = `2026-01-02T03:04:05Z\tme\t${'x'.repeat(400)}\n`
  const folder = t.testdir({ 'a.csv': `When\tWho\tAction\n${row.repeat(5000)}` })
  const path = join(folder, 'a.csv')
  const portions = new AlertReader(reading).read([{ path: Buffer.from(path) }])
  let { value } = portions.next()
  appendFileSync(path, row)
  let lines = 0
  for (; value; { value } = portions.next()) lines += value.batch.lines.count
  t.equal(lines, 5000, 'they are of the moment at which it was read')
})

t.test('a large file changes while it is read', async (t) => {
  const row = `2026-01-02T03:04:05Z\tme\t${'x'.repeat(400)}\n`
  const folder = t.testdir({
    'a.csv': `When\tWho\n${row}`,
    'large.csv': `When\tWho\tAction\n${row.repeat(12_000)}`,
    'b.csv': `When\tWho\n2026-01-02\tme`,
  })
  const paths = ['a.csv', 'large.csv', 'b.csv'].map((name) => Buffer.from(join(folder, name)))
  const portions = new AlertReader(reading).read(paths.map((path) => ({ path })))
  t.match(portions.next().value, { ended: [{ index: 0 }], batch: { read: 1 } }, 'by itself')
  t.match(portions.next().value, { ended: [] })
  appendFileSync(join(folder, 'large.csv'), row)
  t.match(portions.next().value, {
    ended: [{ index: 1, failure: { code: 'file-changed', permanent: false } }, { index: 2 }],
    batch: { lines: { count: 1 } },
  })
  t.equal(portions.next().done, true, 'nothing that was read of it since is given')
})
