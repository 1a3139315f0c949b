/**
 * Every test file, some at a time, each in a process of its own: `npm test` runs this, compiled.
 * tap's own runner would load its hooks for coverage and mocks, which are not used here, into each of
 * these processes and all that they start: that alone doubled the time of the suite.
 */
import { readdirSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import t from 'tap'

const suffix = `.test${extname(import.meta.filename)}`
/** More than the cores, as many tests wait rather than work. */
const atOnce = 4
/** ms; a file that takes longer has failed. */
const timeout = 150_000

/** Folders whose tests start no process of their own and wait for nothing: one process for each. */
const codecs = ['cef', 'decoders', 'mappings', 'syslog', 'telemetry', 'timeline']

t.jobs = atOnce
t.setTimeout(0)
const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith(suffix) && !codecs.includes(dirname(name)))
  .sort()
for (const name of [...files, ...codecs]) {
  const together = join(import.meta.dirname, `together${extname(import.meta.filename)}`)
  const script = codecs.includes(name) ? [together, name] : [join(import.meta.dirname, name)]
  const node = [process.execPath, '--enable-source-maps', ...script]
  void t.spawn('env', ['-u', 'NODE_OPTIONS', ...node], { buffered: true, timeout }, name)
}
