/**
 * A process that appends to a spool until it is killed: the child of `crash.test.ts`. It goes on
 * where the checkpoint says, gives its last batch once more, and prints a number when all lines
 * below it are acknowledged. `writer.ts FOLDER append|forward|hold`; `forward` also gives receipts,
 * refuses a line of each block and rejects whole ones; `hold` opens the spool and waits.
 */
import { writeSync } from 'node:fs'
import type { DestinationReject } from '../../src/core.ts'
import { batchOf, numbered, openAt, reached } from './helpers.ts'

const [folder = '', mode] = process.argv.slice(2)
const size = 50

/** Takes what there is, as the loop of that name does: two blocks, and a whole one to the rejects. */
async function forward(): Promise<void> {
  let position = spool.position('siem', 'q')
  const rejects: DestinationReject[] = []
  let lines = 0
  for (let taken = 0; taken < 2; taken += 1) {
    const block = spool.next('q', position)
    if (!block) break
    position = block.sequence
    lines += block.count - 1
    const why = { code: 'too-large', reason: 'why', record: 'r', time: 0, severity: 0 } as const
    rejects.push({ queue: 'q', sequence: position, line: 3, ...why })
  }
  const receipt = spool.receipts('siem', new Map([['q', reached(position, lines)]]), rejects)
  await Promise.all([receipt, position % 3 === 0 ? spool.rejectOldest('siem', 'full') : 0])
}

let spool: Awaited<ReturnType<typeof openAt>>
try {
  spool = await openAt(folder)
  if (mode === 'hold') {
    writeSync(1, 'open\n')
    setInterval(() => {}, 1000)
  }
  let next = Number(spool.checkpoint('q') ?? 0)
  while (mode === 'append' || mode === 'forward') {
    const again = numbered(Math.max(0, next - size), Math.min(next, size))
    const lines = [...again, ...numbered(next, size)]
    next += size
    const done = await spool.append('q', batchOf(lines, { checkpoint: String(next) }))
    if (done.spooled !== size) throw new Error(`${done.spooled} lines were new, not ${size}`)
    if (mode === 'forward') await forward()
    writeSync(1, `${next}\n`)
  }
} catch (thrown) {
  writeSync(1, `${(thrown as Error).message}\n`)
  process.exitCode = 1
}
