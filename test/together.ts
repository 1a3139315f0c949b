/**
 * The test files of one folder in one process: `node together.js FOLDER` from where the tests are. For
 * folders whose tests are done in less time than what they start by: Node and tap, or a browser.
 */
import { readdirSync } from 'node:fs'
import { extname, join } from 'node:path'

const folder = join(import.meta.dirname, process.argv[2] ?? '')
const suffix = `.test${extname(import.meta.filename)}`
for (const name of readdirSync(folder).filter((name) => name.endsWith(suffix))) {
  await import(join(folder, name))
}
