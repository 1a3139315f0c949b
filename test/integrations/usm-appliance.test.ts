/**
 * The plugin for USM Appliance: every line that Cefline makes falls to the rule and the sid that it
 * should, and its fields are the line's own, whatever stands in them. Run in JavaScript everywhere, and
 * where Python is by its `re` on the line's bytes, as the product's agent does it.
 */
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { encode } from '../../src/cef/encode.ts'
import { splitLine } from '../../src/cef/split.ts'
import { ownKinds } from '../../src/mappings/cefline.ts'
import { anyText } from '../helpers/cef-events.ts'
import { needs } from '../helpers/peers.ts'
import { root } from '../helpers/root.ts'
import { aTimelineEvent } from '../helpers/timeline-events.ts'
import {
  actions,
  cases,
  casesOf,
  kinds,
  record,
  sidOf,
  timelineCases,
} from '../helpers/usm-lines.ts'
import type { UsmCase } from '../helpers/usm-lines.ts'
import { UsmPlugin } from '../helpers/usm-plugin.ts'
import type { UsmEvent } from '../helpers/usm-plugin.ts'

const folder = join(root, 'integrations', 'usm-appliance')
const cfg = join(folder, 'cefline.cfg')
const plugin = new UsmPlugin(cfg)

/** The key that each of a rule's fields is, by the vendor. */
const keys: Record<string, Record<string, string>> = {
  Netwrix: {
    ...{ username: 'suser', filename: 'filePath', userdata3: 'cat', userdata4: 'shost' },
    ...{ userdata5: 'deviceFacility', userdata7: 'externalId', userdata8: 'duser' },
    ...{ userdata9: 'msg', src_ip: 'src', dst_ip: 'dhost' },
  },
  CadoSecurity: {
    ...{ username: 'suser', filename: 'filePath', userdata2: 'evidence_name', userdata3: 'short' },
    ...{ userdata4: 'host', userdata5: 'alarm_description', userdata7: 'eventId' },
    ...{ userdata8: 'sha256', userdata9: 'msg' },
  },
  Cefline: {
    ...{ username: 'suser', userdata3: 'cat', userdata4: 'dvchost', userdata7: 'externalId' },
    ...{ userdata8: 'cs1', userdata9: 'msg' },
  },
}

/** Whether the event is what the line says. Messages are short, as there are thousands. */
function check(event: UsmEvent | undefined | null, { line, cef, sid }: UsmCase): void {
  assert.ok(event, `no rule takes ${line.slice(0, 200)}`)
  assert.equal(event['plugin_sid'], String(sid), line.slice(0, 300))
  assert.equal(event['plugin_id'], '9699')
  const parts = splitLine(cef)
  const [, vendor = '', product, , , name, severity] = parts?.header ?? []
  const values = new Map(parts?.pairs)
  for (const [field, key] of Object.entries(keys[vendor] ?? {})) {
    const expected = values.get(key) ?? ''
    const value = field === 'dst_ip' ? `{resolv(${expected})}` : expected
    assert.equal(event[field], value, `${field} of ${line.slice(0, 300)}`)
  }
  assert.equal(event['userdata1'], name)
  assert.equal(event['userdata6'], severity)
  if (vendor === 'Netwrix') assert.equal(event['userdata2'], product)
  assert.match(event['device'] ?? '', /^\{resolv\(auditor(?:\.example\.com)?\)\}$/)
  const seconds = values.get('eventTime') ?? values.get('rt')?.slice(0, -3) ?? ''
  const [header = ''] = /[A-Z][a-z]{2} [ \d]\d [\d:]{8}|\d{4}-[^ ]+/.exec(line) ?? []
  const date = /^\d+$/.test(seconds) ? seconds : header
  assert.equal(event['date'], `{normalize_date(${date})}`)
}

t.test('lines of all kinds, in JavaScript', async (t) => {
  t.ok(cases.length > 700, `${cases.length} lines`)
  for (const one of cases) check(plugin.read(one.line), one)
})

t.test('any text anywhere', async (t) => {
  const aRecord = fc.record({
    ...{
      action: fc.oneof(anyText, fc.constantFrom(...actions)),
      objectType: anyText,
      who: anyText,
    },
    ...{ what: anyText, where: anyText, workstation: anyText, dataSource: anyText, rid: anyText },
    ...{ detailsText: anyText, item: anyText, monitoringPlan: anyText },
  })
  fc.assert(
    fc.property(aRecord, fc.constantFrom('alert', 'activity'), (fields, kind) => {
      const event = record(fields, { kind })
      const action = splitLine(encode(event))?.header[4] ?? ''
      for (const one of casesOf(event, sidOf(action, kind))) check(plugin.read(one.line), one)
    }),
  )
  fc.assert(
    fc.property(aTimelineEvent, (event) => {
      for (const one of timelineCases(event)) check(plugin.read(one.line), one)
    }),
  )
  t.pass('the line’s own fields')
})

/** The product's own is Python 2, which hardly any system has by now. */
const hasPython2 = spawnSync('python2', ['--version']).status === 0

for (const python of ['python3', ...(hasPython2 ? ['python2'] : [])]) {
  t.test(`the same lines, by the re of ${python} on their bytes`, needs(python), async (t) => {
    const script = join(root, 'test', 'integrations', 'usm-appliance.py')
    const input = JSON.stringify(cases.map(({ line }) => line))
    const output = execFileSync(python, [script, cfg], { input, maxBuffer: 1e9 })
    const events = JSON.parse(output.toString()) as (UsmEvent | null)[]
    t.equal(events.length, cases.length)
    for (const [index, one] of cases.entries()) {
      const event = Object.entries(events[index] ?? {}).map(([field, value]) => {
        return [field, Buffer.from(value, 'latin1').toString()]
      })
      check(Object.fromEntries(event), one)
    }
  })
}

t.test('there is a sid for each of Cefline’s own kinds', async (t) => {
  t.same(new Set(kinds), new Set(Object.keys(ownKinds)))
})

t.test('what is no line of ours falls to no rule', async (t) => {
  for (const line of [
    'Jan  8 11:07:53 auditor CEF:0|Other|Product|1|x|y|5| msg=CEF:0|Netwrix|x',
    'Jan  8 11:07:53 auditor sshd[1]: CEF:0|Netwrix|AD|1.0|Added|Added user|5| suser=x',
    '',
  ]) {
    t.equal(plugin.read(line), undefined, line)
  }
})

t.test('nothing is in the file that the agent reads otherwise', async (t) => {
  t.match(Object.fromEntries(plugin.sections.get('DEFAULT') ?? []), { plugin_id: '9699' })
  t.match(Object.fromEntries(plugin.sections.get('config') ?? []), {
    type: 'detector',
    source: 'log',
    location: '/var/log/cefline.log',
  })
  for (const { name, settings } of plugin.rules) {
    t.match(name, /^\d{4} - /, 'rules go by their names')
    const regexp = settings.get('regexp') ?? ''
    t.notMatch(regexp, /\\n|%|\s;|\\\w\w|["']$/, `${name}: no sign of the agent's own`)
    t.notMatch(regexp, /\\[sSwWbB]/, `${name}: nothing that bytes of letters count as`)
  }
  t.notMatch(readFileSync(cfg, 'utf8'), /[^\x0a\x20-\x7e]/, 'ASCII')
})

t.test('the database has every sid that the rules give, and no other', async (t) => {
  const sql = readFileSync(join(folder, 'cefline.sql'), 'utf8')
  const rows = [...sql.matchAll(/^\(9699, (\d+), NULL, NULL, '([^']+)', (\d+), (\d+)\)[,;]$/gm)]
  const fixed = plugin.rules.flatMap(({ settings }) =>
    /^\d+$/.test(settings.get('plugin_sid') ?? '') ? [settings.get('plugin_sid')] : [],
  )
  const given = new Set([...plugin.translation.values(), ...fixed])
  t.same(new Set(rows.map(([, sid]) => sid)), given)
  t.equal(rows.length, given.size, 'none twice')
  t.equal(new Set(rows.map(([, , name]) => name)).size, rows.length, 'each has a name of its own')
  for (const [, sid = '', , priority, reliability] of rows) {
    t.ok(Number(priority) <= 5 && Number(reliability) <= 10, sid)
    if (Number(sid) > 100 && Number(sid) < 200) t.ok(Number(priority) >= 4, `alert ${sid}`)
  }
  t.equal((sql.match(/^\(9699, \d+/gm) ?? []).length, rows.length + 1, 'no row that was not read')
  const lines = sql.split('\n').filter((line) => !line.startsWith('--'))
  t.notMatch(lines.join('\n').replace(/'[^']*'/g, ''), /['"]/, 'quotes in pairs')
})
