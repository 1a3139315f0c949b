/**
 * Who may import whom. Reads the import lines of every source file and fails on any edge that the
 * rules of the house (CONTRIBUTING.md) do not have.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { join, relative, resolve, dirname } from 'node:path'
import t from 'tap'
import { root } from './helpers/root.ts'

const src = join(root, 'src')

/** A part is the first folder under src, or the file itself at the top. */
const partOf = (path: string) => path.split('/').slice(0, 1).join('/')

/** The appliance as a whole: its file and the folder of its parts. */
const appMayImport = [
  'app.ts',
  'app',
  'components.ts',
  'config',
  'control',
  'core.ts',
  'error.ts',
  'io',
  'operations.ts',
  'pipeline',
  'spool',
  'status',
  'telemetry',
  'version.ts',
]

/** Each part, and the parts it may import beside itself. */
const allowed: Record<string, string[]> = {
  'error.ts': [],
  'core.ts': ['error.ts', 'io', 'own-event.ts'],
  'own-event.ts': [],
  'version.ts': [],
  cef: ['error.ts'],
  syslog: ['error.ts', 'cef', 'core.ts', 'io'],
  decoders: ['error.ts'],
  drop: ['error.ts', 'core.ts', 'io'],
  io: ['error.ts', 'core.ts'],
  http: ['error.ts', 'core.ts', 'io'],
  netwrix: [
    'error.ts',
    'core.ts',
    'io',
    'http',
    'cef',
    'decoders',
    'mappings',
    'drop',
    'version.ts',
  ],
  cado: [
    'error.ts',
    'core.ts',
    'io',
    'decoders',
    'drop',
    'http',
    'mappings',
    'timeline',
    'version.ts',
  ],
  timeline: ['error.ts', 'core.ts', 'io', 'cef', 'decoders', 'mappings', 'drop', 'version.ts'],
  mappings: ['core.ts', 'error.ts', 'own-event.ts', 'cef', 'io', 'netwrix', 'timeline'],
  sources: [
    'error.ts',
    'core.ts',
    'own-event.ts',
    'io',
    'http',
    'cef',
    'decoders',
    'mappings',
    'drop',
    'netwrix',
    'timeline',
    'cado',
    's3',
    'version.ts',
  ],
  destinations: ['error.ts', 'core.ts', 'io', 'cef', 'syslog', 'mappings', 's3'],
  s3: ['error.ts', 'core.ts', 'io'],
  spool: ['error.ts', 'core.ts', 'io'],
  telemetry: ['error.ts', 'core.ts', 'own-event.ts', 'io'],
  // The browser's side: what it knows of the server is in its own `shapes.ts`.
  page: [],
  pipeline: ['error.ts', 'core.ts', 'io', 'telemetry'],
  status: ['error.ts', 'core.ts', 'cef', 'telemetry', 'io'],
  config: ['error.ts', 'core.ts', 'spool', 'io'],
  control: ['error.ts', 'core.ts', 'io', 'cef', 'spool', 'status', 'telemetry', 'version.ts'],
  'operations.ts': [
    'error.ts',
    'core.ts',
    'own-event.ts',
    'control',
    'io',
    'spool',
    'status',
    'telemetry',
  ],
  'embedded.ts': [],
  'components.ts': ['core.ts', 'config', 'destinations', 'io', 'sources'],
  'app.ts': appMayImport,
  app: appMayImport,
  commands: [
    'error.ts',
    'core.ts',
    'own-event.ts',
    'app.ts',
    'app',
    'components.ts',
    'config',
    'control',
    'embedded.ts',
    'io',
    'cef',
    'drop',
    'netwrix',
    'timeline',
    'mappings',
    'operations.ts',
    'spool',
    'status',
    'telemetry',
    'version.ts',
  ],
  'cli.ts': ['cli', 'error.ts', 'io'],
  cli: ['commands', 'control', 'error.ts', 'version.ts'],
}

/** Files of `io` that core, cef, syslog and decoders may use: no side effect in them. */
const pure = ['io/lines.ts', 'io/nearest.ts', 'io/printable.ts', 'io/time-zone.ts']

interface Edge {
  from: string
  to: string
}

const edges: Edge[] = []
const packages: Edge[] = []
for (const entry of readdirSync(src, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue
  const file = join(entry.parentPath, entry.name)
  const from = relative(src, file)
  const text = readFileSync(file, 'utf8')
  for (const [, target = ''] of text.matchAll(/\bawait import\('(\.[^']+)'\)/g)) {
    edges.push({ from, to: relative(src, resolve(dirname(file), target)) })
    t.match(from, /^cli\//, `only the command line loads what it needs later: ${from}`)
  }
  for (const [, names = '', target = ''] of text.matchAll(
    /^(?:import|export)\b([^']*?)\bfrom '([^']+)'/gm,
  )) {
    if (target.startsWith('.')) {
      edges.push({ from, to: relative(src, resolve(dirname(file), target)) })
    } else if (names.trim() !== '{ isIP }') packages.push({ from, to: target })
  }
}

t.ok(edges.length > 50, 'the import lines are found')

for (const { from, to } of edges) {
  if (partOf(from) === partOf(to)) continue
  const list = allowed[partOf(from)]
  t.ok(list?.includes(partOf(to)), `${from} may import ${to}`)
  if (
    ['core.ts', 'cef', 'syslog', 'decoders', 'mappings'].includes(partOf(from)) &&
    partOf(to) === 'io'
  ) {
    t.ok(pure.includes(to), `${from} imports nothing with a side effect: ${to}`)
  }
}

t.test('one place for each engine', async (t) => {
  for (const { from, to } of packages) {
    if (to === 'lmdb') t.match(from, /^spool\//, 'LMDB is known in spool/ only')
    if (to === 'convict') t.match(from, /^config\//)
    if (to === 'pino' || to === 'prom-client') t.match(from, /^telemetry\//)
    if (to === 'commander') t.match(from, /^cli(\.ts|\/)/)
  }
})

t.test('codecs have no side effect', async (t) => {
  const effects = /^node:(fs|net|tls|dgram|http|https|child_process|worker_threads)/
  for (const { from, to } of packages) {
    if (['cef', 'syslog', 'decoders', 'mappings'].includes(partOf(from))) {
      t.notMatch(to, effects, `${from} does not touch the world`)
    }
  }
})
