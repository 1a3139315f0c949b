/**
 * A process whose files may not grow beyond a limit set from outside (`ulimit -f`): the child of
 * `failed-commit.test.ts`. Prints as JSON what the spool did when commits failed.
 */
import { batchOf, drain, numbered, openAt, reached } from './helpers.ts'

const spool = await openAt(process.argv[2] ?? '')
const long = 'x'.repeat(1000)
const make = (from: number) => batchOf(numbered(from, 100).map((line) => `${line} ${long}`))
let appended = 0
let failure: { code?: string; message?: string; cause?: { code?: unknown } } = {}
try {
  for (; appended < 100; appended += 1) await spool.append('q', make(appended * 100))
} catch (thrown) {
  failure = thrown as typeof failure
}
const kept = drain(spool).length
const { newest = 0 } = spool.queues()[0] ?? {}
await spool.receipts('siem', new Map([['q', reached(newest)]]), [])
// The pages that were freed just now may be given out at the second try only.
const again = await spool
  .append('q', make(appended * 100))
  .catch(() => spool.append('q', make(appended * 100)))
const after = drain(spool).length
await spool.close()
const { code, message, cause } = failure
console.log(JSON.stringify({ appended, kept, code, message, cause: cause?.code, again, after }))
