import t from 'tap'
import { allTables, environmentTable, optionTable } from '../../src/config/tables.ts'
import { tables } from './tables-fixture.ts'

t.test('options with their defaults as one would write them', async (t) => {
  const option = (format: string | string[], value: unknown, more = {}) => {
    return { doc: 'What it is.', format, default: value, ...more }
  }
  const table = optionTable({
    age: option('age', 30 * 86_400_000),
    wait: option('duration', 90_000),
    settle: option('duration', 250),
    never: option('duration', 0),
    size: option('bytes', 10e9),
    chunk: option('bytes', 64 * 1024),
    odd: option('bytes', 1234),
    text: option('bytes', '1MB'),
    unset: option('text?', null),
    must: option('text', null, { required: true, sensitive: true }),
    after: option(['move', 'a|b'], 'move'),
    names: option('names', ['a', 'b']),
    tree: option('tree', null),
    tls: { verify: option('flag', true) },
    tag: { doc: 'A <tag> and `<code>` | *.', format: 'text', default: 'a|b' },
  })
  t.equal(
    table,
    `| Option       | Default  | What                               |
| ------------ | -------- | ---------------------------------- |
| \`age\`        | \`30d\`    | What it is.                        |
| \`wait\`       | \`90s\`    | What it is.                        |
| \`settle\`     | \`250ms\`  | What it is.                        |
| \`never\`      | \`0\`      | What it is.                        |
| \`size\`       | \`10GB\`   | What it is.                        |
| \`chunk\`      | \`64KiB\`  | What it is.                        |
| \`odd\`        | \`1234\`   | What it is.                        |
| \`text\`       | \`1MB\`    | What it is.                        |
| \`unset\`      | not set  | What it is.                        |
| \`must\`       | required | What it is. Never shown.           |
| \`after\`      | \`move\`   | What it is. One of \`move\`, \`a\\|b\`. |
| \`names\`      | \`a, b\`   | What it is.                        |
| \`tree\`       | not set  | What it is. A map.                 |
| \`tls.verify\` | \`true\`   | What it is.                        |
| \`tag\`        | \`a\\|b\`   | A \\<tag> and \`<code>\` \\| \\*.       |`,
  )
})

t.test('a component without options has a table without rows', async (t) => {
  t.equal(optionTable({}).split('\n').length, 2)
})

t.test('variables with what they set', async (t) => {
  const rows = environmentTable().split('\n')
  t.match(
    rows.find((row) => row.includes('`SYSLOG_CA_FILE`')),
    /`destinations\.siem\.tls\.ca` +\| PEM file/,
  )
  t.ok(rows.some((row) => row.includes('`CEFLINE_CONFIG`')))
  t.equal(new Set(rows.map((row) => row.length)).size, 1, 'as wide as each other')
})

t.test('one table for each section, kind and type', async (t) => {
  t.same(
    [...allTables(tables).keys()],
    [
      'options:spool',
      'options:status',
      'options:log',
      'options:own',
      'options:source',
      'options:netwrix-alerts',
      'options:netwrix-api',
      'options:destination',
      'options:syslog',
      'options:console',
      'environment',
    ],
  )
})
