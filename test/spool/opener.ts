/**
 * A process that opens a spool and tells, as JSON, how much of its file it has touched: the child of
 * `start.test.ts`. `opener.ts FOLDER`
 */
import { readFileSync } from 'node:fs'
import { openAt } from './helpers.ts'

const folder = process.argv[2] ?? ''
const spool = await openAt(folder)
const opened = touched()
const { lines } = spool.waiting('siem')
const [state] = spool.queues()
const [ledger] = spool.ledger('siem')
const asked = touched()
await spool.close()
console.log(JSON.stringify({ opened, asked, lines, state, ledger }))

/** Bytes of the file's map that are in this process (proc(5), /proc/pid/smaps). */
function touched(): number {
  let here = false
  let bytes = 0
  for (const line of readFileSync('/proc/self/smaps', 'utf8').split('\n')) {
    if (/^[0-9a-f]+-[0-9a-f]+ /.test(line)) here = line.endsWith('/data.mdb')
    const [, size] = /^Rss: +(\d+) kB/.exec(line) ?? []
    if (here && size !== undefined) bytes += Number(size) * 1024
  }
  return bytes
}
