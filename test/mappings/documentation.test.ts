/**
 * docs/mapping.md is true: its table has the keys that each profile sends, in their order, and its
 * configuration is one that works, with tests that hold.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { cadoKeys } from '../../src/cef/cado.ts'
import { mappingStep, testSteps } from '../../src/commands/mapping-tests.ts'
import { loadConfiguration } from '../../src/config/load.ts'
import { destinations } from '../../src/destinations/index.ts'
import { timelineFields } from '../../src/mappings/cado-field.ts'
import { compileTimelineMapping } from '../../src/mappings/cado.ts'
import { mapRecord, profiles } from '../../src/mappings/netwrix.ts'
import type { Profile } from '../../src/mappings/netwrix.ts'
import type { MappingSpec } from '../../src/mappings/options.ts'
import type { ActivityRecord } from '../../src/netwrix/record.ts'
import { emptyRecord } from '../../src/netwrix/record.ts'
import { sources } from '../../src/sources/index.ts'
import { emptyEvent } from '../../src/timeline/event.ts'
import { spec } from '../helpers/mapping-spec.ts'
import { root } from '../helpers/root.ts'

const text = readFileSync(join(root, 'docs', 'mapping.md'), 'utf8')

const whole: ActivityRecord = {
  ...emptyRecord(),
  rid: 'R1',
  who: 'CORP\\jane',
  action: 'Failed Logon',
  what: '\\srv\\a\\b',
  where: 'srv',
  objectType: 'file',
  dataSource: 'File Servers',
  monitoringPlan: 'p',
  item: 'i',
  workstation: 'ws1',
  time: 0,
  details: [
    { property: 'p', before: 'b', after: 'a', message: 'Added: "X\\m", Removed: "n", Cause: c' },
  ],
}

/** Records that have, together, every key that there is. */
const samples = [
  whole,
  { ...whole, objectType: 'user', workstation: '10.0.0.7' },
  { ...whole, objectType: 'group' },
]

function keysOf(profile: Profile): Set<string> {
  const options = { kind: 'activity', profile, receivedAt: 0, id: 'x' } as const
  const pairs = samples.flatMap((record) => mapRecord(record, options).extension)
  const keys = pairs.filter(([, value]) => value !== '').map(([key]) => key)
  return new Set(keys.filter((key) => !key.endsWith('Label')))
}

t.test('the table of keys', async (t) => {
  const rows = [...text.matchAll(/^\| `(\w+)` \|([^|]*)\|([^|]*)\|([^|]*)\| (.*) \|$/gm)]
  t.ok(rows.length > 20)
  for (const profile of profiles) {
    const column = profiles.indexOf(profile) + 2
    const listed = rows.filter((row) => row[column]?.trim() === 'yes').map(([, key]) => key)
    t.same(new Set(listed), keysOf(profile), profile)
    if (profile === 'standard') t.same(listed.slice(0, 6), [...keysOf(profile)].slice(0, 6))
  }
  const labelled = rows.filter(([, key = '']) => /^(cs|flex)/.test(key))
  const labels = new Map(
    samples
      .flatMap((record) => {
        return mapRecord(record, {
          kind: 'alert',
          profile: 'standard',
          receivedAt: 0,
          id: 'x',
        }).extension
      })
      .filter(([key]) => key.endsWith('Label')),
  )
  for (const [, key = '', , , , what = ''] of labelled) {
    t.equal(/^`(\w+)`/.exec(what)?.[1], labels.get(`${key}Label`), key)
  }
})

t.test('the table of a timeline’s keys, and its mapping', async (t) => {
  const timelines = text.slice(text.indexOf('## Timelines'))
  const rows = [...timelines.matchAll(/^\| `(\w+)` \| (.*?) \| .* \|$/gm)]
  t.strictSame(
    rows.map(([, key]) => key),
    Object.keys(cadoKeys),
  )
  for (const [, key = '', type = ''] of rows) {
    const known = cadoKeys[key as keyof typeof cadoKeys]
    const shown = known === 'text?' ? 'text or list' : key === 'alarm' ? '`True`' : known
    t.equal(type, shown, key)
  }
  const listed = timelines.slice(timelines.indexOf('over these fields:'))
  for (const name of timelineFields.names) t.ok(listed.includes(`\`${name}\``), name)
  const [, yaml = ''] = /```yaml\n([^]*?)```/.exec(timelines) ?? []
  const { sources } = parse(yaml) as { sources: { evidence: { mapping: Partial<MappingSpec> } } }
  const map = compileTimelineMapping(spec(sources.evidence.mapping), 'sources.evidence.mapping')
  const options = { profile: 'cado', severity: 'alarm', receivedAt: 0, id: 'x' } as const
  t.match(map({ ...emptyEvent(), type: 'Last Access Time', user: 'jane' }, options), {
    severity: 0,
    extension: [['type'], ['eventId', 'x'], ['suser', /^[0-9a-f]{32}$/]],
  })
})

t.test('its configuration is one that is accepted, and its tests hold', async (t) => {
  const netwrix = text.slice(0, text.indexOf('## Timelines'))
  const blocks = [...netwrix.matchAll(/```yaml\n([^]*?)```/g)].map(([, yaml = '']) => yaml)
  t.equal(blocks.length, 2, 'the mapping, and tests of it')
  const whole = [...blocks, 'destinations: { out: { type: console } }\n'].join('')
  const cwd = t.testdir({
    secret: 'a-secret-of-the-tests\n',
    'cefline.yaml': whole.replaceAll(/\$\{file:[^}]*\}/g, '${file:secret}'),
  })
  const configuration = loadConfiguration({
    ...{ path: 'cefline.yaml', env: {}, cwd },
    tables: { sources, destinations },
  })
  t.same(configuration.warnings, [])
  const steps = [...testSteps(configuration)]
  t.equal(steps.length, 2)
  for (const { name, ok, detail } of steps) t.ok(ok, `${name}: ${detail}`)
  const mapping = configuration.sources.map(mappingStep).filter((step) => step !== undefined)
  t.equal(mapping.length, 2, 'both sources have it')
})
