/**
 * Timelines that other programs wrote, from file to CEF by `convert`: every row is accounted for, counted
 * by a counter of this test's, and what liblognorm's program reads back is what the row says, read by this
 * test in the plainest way there is.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { convert } from '../../src/commands/convert.ts'
import { printed } from '../commands/helpers.ts'
import { findProgram, needs } from '../helpers/peers.ts'
import { root } from '../helpers/root.ts'

type Fields = Record<string, string>

const folder = join(root, '..', 'shared', 'data', 'timelines')

/** What a row says, by Cado's keys; of a line of a bodyfile for each of its times. */
type Reading = (text: string) => Fields[][]

interface RealFile {
  name: string
  read: Reading
  /** Lines that are comments or have nothing in them. */
  ignored?: number
  /** Rows that went into the line of another row, as M and C times of one file. */
  merged?: number
}

const hoursAhead: Record<string, number> = { UTC: 0, CET: 1, CEST: 2 }

const l2tcsv: Reading = (text) => {
  return rowsOf(text, ',').map((row) => {
    const [month, day, year] = (row['date'] ?? '').split('/')
    const local = Date.parse(`${year}-${month}-${day}T${row['time']}Z`) / 1000
    const ahead = hoursAhead[row['timezone'] ?? ''] ?? NaN
    const hash = /sha256_hash: (\w+)/.exec(row['extra'] ?? '')?.[1] ?? ''
    return [
      {
        ...pick(row, [
          'source',
          'sourcetype',
          'type',
          'host',
          'short',
          'version',
          'inode',
          'notes',
        ]),
        ...pick(row, ['format', 'extra']),
        ...{ macb: row['MACB'] ?? '', suser: row['user'] ?? '', msg: row['desc'] ?? '' },
        ...{
          filePath: path(row['filename']),
          eventTime: String(local - ahead * 3600),
          sha256: hash,
        },
      },
    ]
  })
}

const dynamic: Reading = (text) => {
  return rowsOf(text, ',').map((row) => [
    {
      ...{ source: row['source'] ?? '', sourcetype: row['source_long'] ?? '' },
      ...{ type: row['timestamp_desc'] ?? '', msg: row['message'] ?? '' },
      ...{ format: row['parser'] ?? '', filePath: path(row['display_name']) },
      eventTime: secondsOf(row['datetime']),
    },
  ])
}

const tln: Reading = (text) => {
  return rowsOf(text, '|').map((row) => {
    const [, type = '', ...words] = (row['Description'] ?? '').split('; ')
    return [
      {
        ...{ eventTime: row['Time'] ?? '', source: row['Source'] ?? '', host: row['Host'] ?? '' },
        ...{ suser: row['User'] ?? '', type, msg: words.join('; ') },
        filePath: path(/File: (\S+)/.exec(row['Notes'] ?? '')?.[1]),
      },
    ]
  })
}

/** An object, in any of the forms in which there are many of them. */
const json =
  (pathOf: (event: Fields) => string): Reading =>
  (text) =>
    objectsOf(text).map((event) => [
      {
        ...{ msg: String(event['message']), type: String(event['timestamp_desc']) },
        ...(event['parser'] ? { format: event['parser'] } : {}),
        filePath: pathOf(event),
        eventTime: event['datetime']
          ? secondsOf(event['datetime'])
          : String(Math.floor(Number(event['timestamp']) / 1e6)),
      },
    ])

const sigmaCsv: Reading = (text) => {
  const [head = '', ...lines] = text.trim().split('\n')
  const cells = (line: string) => JSON.parse(`[${line}]`) as string[]
  return lines.map((line) => {
    const row = Object.fromEntries(cells(head).map((name, at) => [name, cells(line)[at] ?? '']))
    const { message = '', timestamp_desc: type = '', filename = '', datetime } = row
    return [{ msg: message, type, filePath: filename, eventTime: secondsOf(datetime) }]
  })
}

const bodyfile: Reading = (text) => {
  const lines = text.trim().split('\n')
  return lines
    .filter((line) => !line.startsWith('#'))
    .map((line) => {
      const cells = line.split('|')
      const [inode = '', , , , , atime, mtime, ctime, crtime] = cells.slice(-9)
      const name = cells.slice(1, -9).join('|')
      const kinds = [
        ['M', mtime],
        ['A', atime],
        ['C', ctime],
        ['B', crtime],
      ] as const
      const times = [...new Set(kinds.map(([, time]) => time ?? '0').filter((time) => +time > 0))]
      const filePath = name
        .replace(/ \(deleted\)$| \(\$FILE_NAME\)$| -> .*$/, '')
        .replace(/\\x0d/, '\n')
        .replace(/\\([|\\])/g, '$1')
      const base = { filePath, inode: inode.split('-')[0] ?? '' }
      if (times.length === 0) return [{ ...base, macb: '....', eventTime: '' }]
      return times.map((time) => ({
        ...base,
        eventTime: String(Math.floor(Number(time))),
        macb: kinds.map(([letter, at]) => (at === time ? letter : '.')).join(''),
      }))
    })
}

const plasoJson = json((event) => path(event['display_name']))
const files: RealFile[] = [
  { name: 'plaso_l2tcsv.log', read: l2tcsv },
  { name: 'plaso_l2tcsv_time_zone.log', read: l2tcsv },
  { name: 'plaso_dynamic.log', read: dynamic },
  { name: 'plaso_dynamic_time_zone.log', read: dynamic },
  { name: 'plaso_extract_and_output.log', read: dynamic },
  { name: 'plaso_json.log', read: plasoJson, merged: 1 },
  { name: 'plaso_json_line.log', read: plasoJson, merged: 1 },
  { name: 'plaso_l2ttln.log', read: tln },
  { name: 'bodyfile', read: bodyfile, ignored: 1 },
  { name: 'timesketch_sigma_events.csv', read: sigmaCsv },
  { name: 'timesketch_sigma_events.jsonl', read: json((event) => event['filename'] ?? '') },
]

const missing = files.find(({ name }) => !existsSync(join(folder, name)))
const skip = missing ? `../shared/data/timelines/${missing.name} is not there` : false

for (const { name, read, ignored = 0, merged = 0 } of files) {
  t.test(name, skip ? { skip } : needs('lognormalizer'), async (t) => {
    const output = join(t.testdir(), 'out.cef')
    const { code, errors } = await printed(t, () =>
      convert({ input: join(folder, name), output, summary: 'json' }),
    )
    t.equal(code, 0)
    const rows = read(readFileSync(join(folder, name), 'utf8'))
    const wanted = rows.flat()
    t.match(JSON.parse(errors), {
      read: wanted.length + ignored,
      converted: wanted.length - merged,
      rejected: 0,
      ignored: ignored + merged,
    })
    const lines = readFileSync(output, 'utf8')
    const got = normalized(join(t.testdirName, 'rulebase'), lines)
    t.equal(got.length, wanted.length - merged)
    const left = new Set(got)
    for (const fields of wanted) {
      const isOfRow = (line: Fields) => says(line, fields)
      const found = [...left].find(isOfRow) ?? got.find(isOfRow)
      t.ok(found, `the row is read back: ${JSON.stringify(fields).slice(0, 300)}`)
      if (found) left.delete(found)
    }
    t.equal(left.size, 0, 'no line is of no row')
  })
}

t.test('the same instants in UTC and in CET', { skip }, async (t) => {
  for (const name of ['plaso_l2tcsv', 'plaso_dynamic']) {
    const times: (string[] | null)[] = []
    for (const file of [`${name}.log`, `${name}_time_zone.log`]) {
      const output = join(t.testdir(), 'out.cef')
      const input = join(folder, file)
      t.equal((await printed(t, () => convert({ input, output, quiet: true }))).code, 0)
      times.push(readFileSync(output, 'utf8').match(/ rt=-?\d+/g))
    }
    t.ok(times[0]?.length)
    t.strictSame(times[0], times[1])
  }
})

/** Key by key; a line of several rows has the types of all. */
function says(line: Fields, row: Fields): boolean {
  return Object.entries(row).every(([key, value]) => {
    const wanted = value === '-' ? '' : value.replace(/[\x00-\x09\x0b-\x1f]/g, ' ').trim()
    const got = line[key] ?? ''
    return got === wanted || (key === 'type' && got.split('; ').includes(wanted))
  })
}

function normalized(rulebase: string, lines: string): Fields[] {
  writeFileSync(rulebase, 'version=2\nrule=:%f:cef%\n')
  const program = findProgram('lognormalizer') ?? ''
  return execFileSync(program, ['-r', rulebase, '-e', 'json'], { input: lines })
    .toString()
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { f: { Extensions: Fields } }).f.Extensions)
}

/** Cells are never quoted. */
function rowsOf(text: string, separator: string): Fields[] {
  const [head = '', ...lines] = text.trim().split('\n')
  const names = head.split(separator)
  return lines.map((line) => {
    const cells = line.split(separator)
    return Object.fromEntries(names.map((name, at) => [name, cells[at] ?? '']))
  })
}

function objectsOf(text: string): Fields[] {
  if (!text.startsWith('{"event_0"')) {
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Fields)
  }
  return Object.values(JSON.parse(text) as Record<string, Fields>)
}

function pick(row: Fields, names: string[]): Fields {
  return Object.fromEntries(names.map((name) => [name, row[name] ?? '']))
}

function path(displayName = ''): string {
  return displayName.replace(/^(OS|TSK|NTFS|GZIP):/, '')
}

function secondsOf(iso = ''): string {
  return String(Math.floor(Date.parse(iso.replace(/(\.\d{3})\d+/, '$1')) / 1000))
}
