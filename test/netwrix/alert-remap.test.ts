import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Batch, Reject } from '../../src/core.ts'
import { unpackLines } from '../../src/io/lines.ts'
import type { AlertReading } from '../../src/netwrix/alert-reader.ts'
import { readFileOnce } from '../../src/netwrix/alert-reader.ts'
import { remapAlert } from '../../src/netwrix/alert-remap.ts'

const reading: AlertReading = { timezone: 'UTC', dateFormat: 'auto', profile: 'standard' }
const rid = '20160215110503420B9451771F5964A9EAC0A5F35307EA155'
const at = Date.parse('2026-04-01T00:00:00Z')

interface Line {
  cef: string
  time: number
  severity: number
  id: string
}

function linesOf({ lines }: Pick<Batch, 'lines'>): Line[] {
  return unpackLines(lines.bytes).map((line, index) => ({
    ...line,
    id: lines.ids.toString('hex', index * 16, index * 16 + 16),
  }))
}

function read(path: string, options: Partial<AlertReading> = {}): Batch[] {
  return [...readFileOnce(path, { ...reading, ...options })]
}

function remap(reject: Reject | undefined, options: Partial<AlertReading> = {}): Line[] {
  if (!reject) throw new Error('no reject')
  return linesOf({ lines: remapAlert({ ...reject, at }, { ...reading, ...options }) })
}

t.test('the same lines, with the same ids, as the file would have given', async (t) => {
  const folder = t.testdir({})
  const files = {
    'tab.csv': `When\tWho\tRID\tWhat\n3/4/2026\t"a ""b"" c"\t\t"one\ntwo"\n3/5/2026\tme\t${rid}\tx\n`,
    'comma.csv': '"What;which",Who,When\n"a,b",müller,3/4/2026 10:00\n',
    'semicolon.csv': 'Who;When;Details\n"a;b";3/4/2026 1:00 PM;"x\ty"\n',
  }
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name)
    writeFileSync(path, text)
    const rejects = read(path).flatMap((batch) => batch.rejects)
    const options = { dateFormat: 'day-first', timezone: 'Europe/Berlin' } as const
    const wanted = read(path, options).flatMap(linesOf)
    t.ok(wanted.length > 0 && wanted.length === rejects.length, name)
    const remapped = rejects.flatMap((reject) => remap(reject, options))
    t.strictSame(remapped, wanted, name)
    t.throws(() => remap(rejects[0]), {
      code: 'date',
      permanent: true,
      message: new RegExp(`^${name} row 2 has "3/4/2026.* in When, which may be month/day`),
    })
  }
})

t.test('what still cannot be mapped', async (t) => {
  const folder = t.testdir({
    'bad.csv': 'When\tWho\tAction\n2026-01-02\t"me\tAdded\n2026-01-02\tme\tAdded\tmore\n',
  })
  const rejects = read(join(folder, 'bad.csv')).flatMap((batch) => batch.rejects)
  t.equal(rejects[0]?.record, 'When\tWho\tAction\n2026-01-02\t"me\tAdded', 'the line as it was')
  t.equal(rejects.length, 2)
  for (const reject of rejects) {
    const { code, reason: message } = reject
    t.throws(() => remap(reject), { code, message, permanent: true }, 'the same reason')
  }
})

t.test('what was not kept whole', async (t) => {
  const place = { code: 'date', reason: '', origin: 'x.csv', row: 2 } as const
  const withoutId: Reject = { ...place, record: 'When\tWho\n2026-01-02\tme' }
  const row = { ...withoutId, id: new Uint8Array(16) }
  t.match(remap(row), [{ cef: / suser=me / }])
  const permanent = true
  t.throws(() => remap(withoutId), { permanent, message: /^x\.csv row 2 .*without its id/ })
  t.throws(() => remap({ ...row, record: 'When\tWho' }), { permanent, message: /its header/ })
  t.throws(() => remap({ ...row, record: '' }), { permanent, message: /its header/ })
  t.throws(() => remap({ ...row, record: 'a\tb\n1\t2' }), { permanent, code: 'header' })
  t.throws(() => remap({ ...row, record: 'When\tWho\n\t' }), { permanent, message: /nothing to/ })
  const part = { permanent, code: 'too-large', message: /in part only/ } as const
  t.throws(() => remap({ ...row, code: 'too-large' }), part)
  t.throws(() => remap({ ...row, record: `${row.record}${'x'.repeat(1_100_000)}` }), part)
  t.match(remap({ ...row, record: 'Who\nme' }), [{ time: at }], 'its time is when it was set aside')
})
