import t from 'tap'
import { resolveConfiguration } from '../../src/config/load.ts'
import { redacted } from '../../src/config/redacted.ts'
import { tables } from './tables-fixture.ts'

const resolved = resolveConfiguration(
  {
    status: { token: 'hunter2' },
    sources: {
      activity: {
        type: 'netwrix-api',
        url: 'https://auditor:9699/x',
        username: 'siem',
        password: 'hunter2',
        tls: { key: 'hunter2' },
      },
    },
    destinations: { siem: { type: 'syslog', url: 'tls://sensor:6514', from: ['activity'] } },
  },
  { origin: 'test', tables },
)

// A url with a password is refused; should one ever come this far, it is hidden all the same.
const configuration = {
  ...resolved,
  sources: resolved.sources.map((source) => ({
    ...source,
    options: { ...source.options, url: 'https://siem:hunter2@auditor:9699/x' },
  })),
}

const shown = redacted(configuration, tables)

t.notMatch(JSON.stringify(shown), /hunter2/)
t.match(shown, {
  origin: 'test',
  spool: { folder: './data', maxBytes: 10e9 },
  status: { listen: '127.0.0.1:8514', token: '****' },
  sources: [
    {
      name: 'activity',
      type: 'netwrix-api',
      priority: null,
      options: {
        url: 'https://****@auditor:9699/x',
        username: 'siem',
        password: '****',
        interval: 60_000,
        tls: { ca: null, key: '****', verify: true },
      },
    },
  ],
  destinations: [{ from: ['activity'], options: { url: 'tls://sensor:6514', tls: { key: null } } }],
})
t.equal(resolved.sources[0]?.options['password'], 'hunter2', 'the configuration has it still')

const unknown = redacted(configuration, { sources: {}, destinations: {} })
t.notMatch(JSON.stringify(unknown), /hunter2|auditor/, 'what no schema knows is not shown')

const tree = {
  type: 'netwrix-api',
  filter: { What: ['a', { Equals: 'tcp://u:hunter2@b' }] },
  key: { a: 'hunter2' },
}
const option = { doc: 'A map.', format: 'tree', default: null }
const source = { name: 'a', type: 'tree', priority: null, options: tree } as never
const withTree = redacted(
  { ...resolved, sources: [source] },
  {
    sources: {
      tree: { schema: { type: option, filter: option, key: { ...option, sensitive: true } } },
    },
    destinations: {},
  },
)
t.notMatch(JSON.stringify(withTree), /hunter2/)
t.match(
  withTree,
  { sources: [{ options: { filter: { What: ['a', { Equals: 'tcp://****@b' }] }, key: '****' } }] },
  'a map is shown, and one that may hold a secret is not',
)
