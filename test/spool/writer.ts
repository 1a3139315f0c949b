/**
 * A process that appends to a spool until it is killed: the child of `crash.test.ts`. It goes on
 * where the checkpoint says, gives its last batch once more, and prints a number when all lines
 * below it are acknowledged. `writer.ts FOLDER append|hold`; `hold` opens the spool and waits.
 */
import { writeSync } from 'node:fs'
import { batchOf, numbered, openAt } from './helpers.ts'

const [folder = '', mode] = process.argv.slice(2)
const size = 50

try {
  const spool = await openAt(folder)
  if (mode === 'hold') {
    writeSync(1, 'open\n')
    setInterval(() => {}, 1000)
  }
  let next = Number(spool.checkpoint('q') ?? 0)
  while (mode === 'append') {
    const again = numbered(Math.max(0, next - size), Math.min(next, size))
    const lines = [...again, ...numbered(next, size)]
    next += size
    const done = await spool.append('q', batchOf(lines, { checkpoint: String(next) }))
    if (done.spooled !== size) throw new Error(`${done.spooled} lines were new, not ${size}`)
    writeSync(1, `${next}\n`)
  }
} catch (thrown) {
  writeSync(1, `${(thrown as Error).message}\n`)
  process.exitCode = 1
}
