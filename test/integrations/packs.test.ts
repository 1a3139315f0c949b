/**
 * The pages of `integrations/`: each configuration in them is accepted, what they say of the wire is what
 * goes over it, and the expressions and files beside them fit Cefline's lines.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { createDestination } from '../../src/components.ts'
import { splitLine } from '../../src/cef/split.ts'
import { priority } from '../../src/syslog/priority.ts'
import { receivers } from '../../src/syslog/receivers.ts'
import { blocksOf, configurationOf, describe, packFile, packs } from '../helpers/packs.ts'
import { root } from '../helpers/root.ts'
import { cases } from '../helpers/usm-lines.ts'

const table = packFile('README.md')
const rows = table
  .split('\n')
  .filter((line) => /^\| .*\]\(/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
const lines = [...new Set(cases.map(({ cef }) => cef))]
const withPages = packs.filter((name) => existsSync(join(root, 'integrations', name, 'README.md')))

for (const name of withPages) {
  const blocks = blocksOf(packFile(name, 'README.md'), 'yaml').filter((block) => {
    return /^destinations:/m.test(block)
  })
  if (blocks.length === 0) continue
  t.test(`${name}: every configuration is accepted`, async (t) => {
    for (const block of blocks) {
      const { destinations, warnings } = configurationOf(t, block)
      t.same(warnings, [])
      // The event of send-test, which the page goes on with, is one of these.
      t.ok(
        destinations.some(({ from }) => from?.includes('cefline') ?? true),
        'own events have a way out',
      )
      for (const configuration of destinations) {
        const destination = createDestination(configuration)
        const frame = destination.frame(lines[0] ?? '', Date.UTC(2026, 0, 8), 5)
        t.match(frame.toString(), 'CEF:0|', `${name} ${configuration.name}`)
      }
    }
  })
}

t.test('the table has every pack, and what it says of the wire is so', async (t) => {
  t.ok(rows.length >= 10)
  for (const [, , link = '', receiver, way, wire] of rows) {
    const [, name = ''] = /^\[(.*)\]\(\1\/README\.md\)$/.exec(link) ?? []
    const [first = ''] = blocksOf(packFile(name, 'README.md'), 'yaml')
    const found = describe(configurationOf(t, first))
    const { format, framing, maxBytes } = found.wire
    t.equal(receiver, found.receiver === null ? 'none' : `\`${found.receiver}\``, name)
    t.equal(way, `${found.transport} ${found.port}`, name)
    t.equal(wire, `${format}, ${framing}, ${maxBytes.toLocaleString('en')}`, name)
  }
  for (const name of receivers) t.ok(table.includes(`\`${name}\``), `${name} is in it`)
})

t.test('a link in a page leads somewhere', async (t) => {
  for (const page of ['.', ...withPages]) {
    for (const [, link = ''] of packFile(page, 'README.md').matchAll(
      /\]\((?!https?:|#)([^)#]+)/g,
    )) {
      t.ok(existsSync(join(root, 'integrations', page, link)), `${page}: ${link}`)
    }
  }
})

t.test(
  'Sentinel: the rule takes the facility and every severity that is sent, and no other',
  async (t) => {
    interface Source {
      streams: string[]
      facilityNames: string[]
      logLevels: string[]
    }
    const { properties } = JSON.parse(packFile('sentinel', 'dcr.json')) as {
      properties: { dataSources: { syslog: Source[] } }
    }
    const [block = ''] = blocksOf(packFile('sentinel', 'README.md'), 'yaml')
    const { options } = describe(configurationOf(t, block))
    const [source, ...others] = properties.dataSources.syslog
    t.same(others, [])
    t.same(source?.facilityNames, [options.facility])
    t.same(source?.streams, ['Microsoft-CommonSecurityLog'], 'one table, so that none comes twice')
    const levels = ['Emergency', 'Alert', 'Critical', 'Error', 'Warning', 'Notice', 'Info', 'Debug']
    for (let severity = 0; severity <= 10; severity += 1) {
      const level = levels[priority(0, severity)] ?? ''
      t.ok(source?.logLevels.includes(level), `${severity} is ${level}`)
    }
  },
)

/** Settings of a file of Splunk's by stanza. */
function stanzas(text: string): Map<string, Map<string, string>> {
  const found = new Map<string, Map<string, string>>()
  let stanza = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, name] = /^\[(.*)\]$/.exec(line) ?? []
    if (name !== undefined) found.set(name, (stanza = new Map<string, string>()))
    const [, key, value = ''] = /^([\w-]+) = (.*)$/.exec(line) ?? []
    if (key !== undefined) stanza.set(key, value)
  }
  return found
}

t.test('Splunk: the expressions give every key its value, and the header its fields', async (t) => {
  const transforms = stanzas(packFile('splunk', 'transforms.conf'))
  const regex = (name: string) => new RegExp(transforms.get(name)?.get('REGEX') ?? '', 'gs')
  let pairs = 0
  for (const line of lines) {
    const parts = splitLine(line)
    const [header] = line.matchAll(regex('cefline_header'))
    const found = [...line.matchAll(regex('cefline_extension'))].map(([, key, value]) => [
      key,
      value,
    ])
    if (JSON.stringify(found) !== JSON.stringify(parts?.pairs)) t.same(found, parts?.pairs)
    if (header?.slice(1).join('|') !== parts?.header.slice(1).join('|')) t.fail(line)
    pairs += found.length
  }
  t.ok(pairs > 3000, `${pairs} pairs`)
  const used = [...(stanzas(packFile('splunk', 'props.conf')).get('cef') ?? [])]
    .filter(([key]) => key.startsWith('REPORT'))
    .map(([, value]) => value)
  t.same(used, [...transforms.keys()])
})

t.test('Splunk: a row of the metadata has its three cells, and none is twice', async (t) => {
  const csv = packFile('splunk', 'splunk_metadata.csv').trimEnd().split('\n')
  for (const row of csv) t.match(row, /^(?:Netwrix|CadoSecurity|Cefline)_[^,]+,index,[a-z]+$/)
  t.equal(new Set(csv).size, csv.length)
})

t.test('QRadar: the expressions take the values whole', async (t) => {
  const keys: Record<string, string> = { Object: 'filePath', Who: 'suser', Details: 'msg' }
  const [block = ''] = blocksOf(packFile('qradar', 'README.md'), 'text')
  const expressions = block.trimEnd().split('\n')
  t.equal(expressions.length, 6)
  for (const line of expressions) {
    const property = line.slice(0, 17).trim()
    const key = keys[property]
    const regex = new RegExp(line.slice(17), 's')
    let taken = 0
    for (const cef of lines.filter((one) => one.startsWith('CEF:0|Netwrix|'))) {
      const value = regex.exec(cef)?.[1]
      const parts = splitLine(cef)
      const expected =
        key === undefined
          ? { 'Data source': parts?.header[2], Action: parts?.header[4] }[property]
          : parts?.pairs.find(([one]) => one === key)?.[1]
      if (expected !== undefined && value !== expected) t.equal(value, expected, property)
      if (value !== undefined) taken += 1
    }
    t.ok(taken > 30, `${property}: ${taken}`)
  }
})

t.test('the other files can be read, and name what Cefline sends', async (t) => {
  const filebeat = parse(packFile('elastic', 'filebeat.yml')) as Record<string, unknown[]>
  t.match(filebeat['filebeat.inputs'], [{ type: 'tcp', max_message_size: '1MiB' }])
  const agent = parse(packFile('google-secops', 'bindplane.yaml')) as {
    receivers: object
    service: { pipelines: Record<string, { receivers: string[] }> }
  }
  const used = Object.values(agent.service.pipelines).flatMap(({ receivers }) => receivers)
  t.same(used, Object.keys(agent.receivers))
  for (const page of [...withPages.map((name) => packFile(name, 'README.md')), table]) {
    t.notMatch(page, /\t/, 'no tabs')
  }
})
