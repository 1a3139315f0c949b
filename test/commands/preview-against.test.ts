/**
 * `cefline preview FILE --against OTHER`: what another configuration changes, and that nothing it
 * changes is left out.
 */
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { preview } from '../../src/commands/preview.ts'
import { printed } from './helpers.ts'

const header = 'Action\tObjectType\tWho\tWhat\tWhen\tWhere'
const row = (who: string, when: string) =>
  ['Added', 'user', who, 'CN=x', when, 'dc1.example.com'].join('\t')
const alerts = [
  header,
  row('jane', '2026-11-22T00:00:00Z'),
  row('john', '03/04/2026 10:00:00'),
  row('jim', '2026-11-22T00:00:02Z'),
].join('\r\n')

interface Site {
  source?: object
  siem?: object
}

function configuration({ source = {}, siem = {} }: Site): string {
  return JSON.stringify({
    own: { events: false },
    sources: { alerts: { type: 'netwrix-alerts', folder: './drop', ...source } },
    destinations: {
      siem: { type: 'syslog', url: 'tcp://127.0.0.1:514', hostname: 'here', ...siem },
    },
  })
}

function compared(t: Test, before: Site, after: Site, options: { json?: boolean; all?: boolean }) {
  const folder = t.testdir({
    'before.json': configuration(before),
    'after.json': configuration(after),
    'alerts.csv': alerts,
  })
  const at = (name: string) => join(folder, name)
  return printed(t, () =>
    preview({
      config: at('before.json'),
      against: at('after.json'),
      files: [at('alerts.csv')],
      ...options,
    }),
  )
}

interface Difference {
  what: string
  name: string
  before?: string
  after?: string
}

interface Printed {
  number: number
  change: string
  record: Record<string, string>
  before: { rejected?: object; sizes?: object } | null
  after: { rejected?: object } | null
  differences: Difference[]
  summary?: object
}

const objects = (text: string) => text.split('\n').map((line) => JSON.parse(line) as Printed)

t.test('a changed mapping is shown by field and by frame', async (t) => {
  const after = { source: { mapping: { fields: { cs6: 'added', cs6Label: 'By' } } } }
  const { code, text } = await compared(t, {}, after, { json: true })
  const [first, second, last, ...rest] = objects(text)
  t.strictSame(rest, [])
  t.match(first, { change: 'changed', record: { Who: 'jane' } })
  const frame = first?.differences.find(({ what }) => what === 'frame')
  t.match(frame, { name: 'siem', before: /jane.*\n$/, after: /cs6=added.*\n$/ })
  const fields = first?.differences.filter(({ what }) => what === 'field')
  t.strictSame(fields, [
    { what: 'field', name: 'cs6', after: 'added' },
    { what: 'field', name: 'cs6Label', after: 'By' },
  ])
  t.match(first?.before?.sizes, { siem: { bytes: Number, maxBytes: 8096 } })
  t.match(second, { change: 'changed', record: { Who: 'jim' } })
  t.match(last?.summary, {
    compared: 3,
    same: 1,
    changed: 2,
    onlyBefore: 0,
    onlyAfter: 0,
    rejected: { before: 1, after: 1 },
  })
  t.equal(code, 1, 'john’s date is rejected under both')
})

t.test('a record that is rejected under one of them only is one pair', async (t) => {
  const after = { source: { dateFormat: 'day-first' } }
  const { code, text } = await compared(t, {}, after, { json: true })
  const [only, last] = objects(text)
  t.match(only, {
    change: 'changed',
    differences: [{ what: 'outcome', before: /^rejected \(date\): /, after: 'an event' }],
  })
  t.match(last?.summary, { same: 2, changed: 1, rejected: { before: 1, after: 0 } })
  t.equal(code, 1)
})

t.test('the same configuration changes nothing; --all shows it', async (t) => {
  const good = { source: { dateFormat: 'day-first' } }
  const quiet = await compared(t, good, good, {})
  t.equal(quiet.code, 0)
  t.match(quiet.text, /^before: .*before\.json, after: .*\n3 compared = 3 the same \+ 0 changed/)
  const all = await compared(t, good, good, { all: true })
  t.match(all.text, /#1 Added user\s+the same\n#2/)
})

t.test(
  'as text: side by side, with the ends of frames visible and their bytes counted',
  async (t) => {
    const good = { source: { dateFormat: 'day-first' } }
    const after = { ...good, siem: { framing: 'nul', maxBytes: 900 } }
    const { text } = await compared(t, good, after, {})
    t.match(text, / {2}- siem, \d+ bytes \(maxBytes 8,096\) {2}<\d+>.*\\x0a\n/)
    t.match(text, / {2}\+ siem, \d+ bytes \(maxBytes 900\) {2}<\d+>.*\\x00\n/)
    const renamed = {
      source: { ...good.source, mapping: { fields: { cs6: 'b', cs6Label: 'By' } } },
    }
    const was = { source: { ...good.source, mapping: { fields: { cs6: 'a', cs6Label: 'By' } } } }
    t.match((await compared(t, was, renamed, {})).text, /\n {2}cs6 {2}a {2}→ b\n/)
  },
)

t.test('what is hidden under one of them is not shown as the record’s', async (t) => {
  const after = { source: { mapping: { privacy: { fields: { Who: 'drop' } } } } }
  const { text } = await compared(t, {}, after, { json: true })
  const [first] = objects(text)
  t.notOk('Who' in (first?.record ?? {}))
  t.match(first?.differences, [{ name: 'suser', before: 'jane' }])
})
