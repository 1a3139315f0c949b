/**
 * `tests` of the configuration as `cefline check` tries them, and what `preview` shows of a record that
 * a mapping changes and hides.
 */
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { check } from '../../src/commands/check.ts'
import { preview } from '../../src/commands/preview.ts'

const activity = `
sources:
  activity:
    type: netwrix-api
    url: https://auditor.example.com:9699
    username: siem
    password: a-password
    mapping:
      fields: { cs4: '{Ticket}', dvchost: null, susr: x }
      severity: [{ action: 'Mod*', severity: 9 }]
      privacy: { key: 'sixteen characters', fields: { Who: hash, Workstation: drop } }
  alerts:
    type: netwrix-alerts
    folder: ./drop
    timezone: Europe/Berlin
destinations:
  out: { type: console }
`

const record = { Who: 'CORP\\jane', Action: 'Modified', Workstation: 'ws42', Ticket: 'T1' }

const good = `
tests:
  - name: a ticket
    source: activity
    input: ${JSON.stringify(record)}
    expect: { severity: 9, cs4: T1, cs4Label: Ticket, dvchost: null, classId: Modified }
  - name: a time
    source: alerts
    row: { When: 2026-03-28 15:01:48, Who: a, Action: Read }
    expect: { severity: 7, start: Mar 28 2026 14:01:48 GMT, suser: a }
`

interface Checked {
  ok: boolean
  steps: { component: string; name: string; ok: boolean; detail: string }[]
}

t.test('check tries each test', async (t) => {
  const { code, checked, folder } = await run(t, activity + good)
  t.equal(code, 0)
  t.match(steps(checked, 'tests'), [
    { name: 'a ticket', ok: true, detail: '5 value(s) as expected of activity' },
    { name: 'a time', ok: true },
  ])
  t.match(steps(checked, 'activity')[0], {
    name: 'mapping',
    detail: /fields cs4, dvchost, susr;.*1 severity rule.*hidden Who.*did you mean suser\?/,
  })
  t.notMatch(JSON.stringify(checked), /sixteen|a-password/, folder)
})

t.test('what differs is said, and ends with 78', async (t) => {
  const bad = `${good}
  - { name: other, source: activity, input: { Who: a }, expect: { act: null, cs4: T2, name: '-' } }
  - { name: no date, source: alerts, row: { When: x, Who: a }, expect: { suser: a } }
  - { name: no row, source: alerts, row: { When: '' }, expect: { suser: a } }
`
  const { code, checked } = await run(t, activity + bad)
  t.equal(code, 78)
  t.match(steps(checked, 'tests').slice(2), [
    { name: 'other', ok: false, detail: 'cs4: expected "T2", is nothing' },
    { name: 'no date', ok: false, detail: /has "x" in When/ },
    { name: 'no row', ok: false, detail: /is an empty one/ },
  ])
})

t.test('a timeline’s mapping', async (t) => {
  const yaml = `
sources:
  evidence:
    type: timeline
    folder: ./timelines
    mapping:
      fields: { cs1: '{executed_process|last}', cs1Label: Process, suserr: x }
      severity: [{ sourcetype: 'Registry*', severity: 4 }]
      privacy: { fields: { user: drop } }
destinations:
  out: { type: console, from: evidence }
tests:
  - name: an event
    source: evidence
    input: { eventTime: 1595194940, type: Last Run, sourcetype: Registry Key, user: jane,
      Executed Process: /bin/sh, evidence_id: 2, alarm_severity: 1, isFolder: false }
    expect: { severity: 4, name: Last Run, eventTime: 1595194940, rt: 1595194940000, suser: null,
      executed_process: /bin/sh, cs1: sh, evidence_id: 2, alarm: 'True', isFolder: 'False' }
  - name: a row
    row: { datetime: 2020-07-19T21:42:20Z, message: hello }
    source: evidence
    expect: { eventTime: 1595194940, msg: hello, severity: 1 }
  - { name: no time, source: evidence, row: { datetime: never ever }, expect: { msg: a } }
`
  const { code, checked } = await run(t, yaml)
  t.equal(code, 78)
  t.match(steps(checked, 'evidence')[0], {
    name: 'mapping',
    detail: /fields cs1, cs1Label, suserr;.*1 severity rule.*hidden user.*did you mean suser\?/,
  })
  t.match(steps(checked, 'tests'), [
    { name: 'an event', ok: true, detail: '10 value(s) as expected of evidence' },
    { name: 'a row', ok: true },
    { name: 'no time', ok: false, detail: /"never ever" in datetime is not a time/ },
  ])
})

t.test('a mapping that cannot be is said by its path', async (t) => {
  const { code, checked } = await run(t, activity.replace("'{Ticket}'", "'{Whoo}'"))
  t.equal(code, 78)
  t.match(
    steps(checked, 'activity').filter(({ ok }) => !ok),
    [{ detail: /sources\.activity\.mapping\.fields\.cs4 has \{Whoo\}: .*did you mean Who\?/ }],
  )
})

t.test('preview shows the record first, without what is hidden', async (t) => {
  const folder = t.testdir({
    'cefline.yaml': activity,
    'page.json': JSON.stringify([record, { ...record, When: 'no date of jane' }]),
  })
  const shown = async (raw: boolean, json: boolean) => {
    const logs = t.capture(console, 'log')
    const files = [join(folder, 'page.json')]
    const code = await preview({ config: join(folder, 'cefline.yaml'), files, raw, json })
    t.equal(code, 1, 'one was rejected')
    return logs().map(({ args }) => String(args[0]))
  }
  const hash = /^[0-9a-f]{32}$/
  const [reject, line] = (await shown(false, true)).map((text) => JSON.parse(text) as object)
  t.match(line, { record: { Who: hash, Action: 'Modified', Ticket: 'T1' }, severity: 9 })
  t.match(reject, { code: 'date', record: 'shown by --raw' })
  t.notMatch(JSON.stringify([line, reject]), /jane|ws42/)
  const raw = (await shown(true, true)).map((text) => JSON.parse(text) as object)
  t.match(raw[1], {
    record: { Who: 'CORP\\jane', Workstation: 'ws42' },
    cef: / suser=[0-9a-f]{32} /,
  })
  t.match(raw[0], { record: /jane/, reason: /no date of jane/ })
  const text = (await shown(false, false)).join('\n')
  t.match(text, /Who +[0-9a-f]{32}\n(.*\n)* +suser +[0-9a-f]{32}\n(.*\n)* +CEF, .*\n +out, /)
  t.notMatch(text, /jane|ws42/)
})

t.test('preview hides what stands where a header belongs', async (t) => {
  const config = join(
    t.testdir({ 'cefline.yaml': hiding, 'a.csv': 'CORP\\jane,x\n' }),
    'cefline.yaml',
  )
  const files = [join(config, '..', 'a.csv')]
  await t.rejects(preview({ config, files }), { message: /the header "…" has no column/ })
  await t.rejects(preview({ config, files, raw: true }), { message: /jane/ })
})

const hiding = `
sources:
  alerts: { type: netwrix-alerts, folder: ./drop, mapping: { privacy: { fields: { Who: drop } } } }
destinations: { out: { type: console } }
`

async function run(t: Test, yaml: string) {
  // The usual address of the status page may be taken on this machine.
  const own = "spool: { folder: ./data }\nstatus: { listen: '127.0.0.1:0' }"
  const folder = t.testdir({ 'cefline.yaml': `${own}\n${yaml}` })
  const logs = t.capture(console, 'log')
  const code = await check({ config: join(folder, 'cefline.yaml'), json: true })
  return { code, folder, checked: JSON.parse(String(logs()[0]?.args[0])) as Checked }
}

function steps({ steps }: Checked, component: string) {
  return steps.filter((step) => step.component === component)
}
