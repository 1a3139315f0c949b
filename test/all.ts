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
/** ms; a file, or a folder in one process, that takes longer has failed. */
const timeout = 300_000

/** Folders with one process for each: those whose tests start no process of their own and wait for
 * nothing, and those of the page, which share a browser. */
const together = ['page', 'cef', 'decoders', 'mappings', 'syslog', 'telemetry', 'timeline']

t.jobs = atOnce
t.setTimeout(0)
const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith(suffix) && !together.includes(dirname(name)))
  .sort()
for (const name of [...together, ...files]) {
  const script = together.includes(name)
    ? [join(import.meta.dirname, `together${extname(import.meta.filename)}`), name]
    : [join(import.meta.dirname, name)]
  const node = [process.execPath, '--enable-source-maps', ...script]
  void t.spawn('env', ['-u', 'NODE_OPTIONS', ...node], { buffered: true, timeout }, name)
}
