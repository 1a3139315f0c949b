/**
 * Loaded into Cefline before its own first line (`node --import`): the built product is run as it
 * is, and what the oracle needs is put around its classes from outside.
 */
import { appendFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { bendClock } from './clock.ts'
import { breakIt } from './mutants.ts'
import type { Order } from './order.ts'
import { setPoint } from './points.ts'
import { spoolPrototype } from './spool.ts'
import type { Receipts } from './spool.ts'
import { wrap } from './wrap.ts'

const order = JSON.parse(process.env['ORACLE_ORDER'] ?? '{}') as Order
const realNow = Date.now.bind(Date)

if (order.clock) bendClock(order.clock)
if (isMainThread) {
  const spool = await spoolPrototype(order)
  if (order.mutant) breakIt(order, spool, order.mutant)
  if (order.point) await setPoint(order, spool, order.point)
  keepJournal(spool)
}

/** Outermost, so that a receipt is written down before anything can happen to it. */
function keepJournal(spool: object): void {
  wrap<'receipts', Receipts>(spool, 'receipts', (original) => {
    return async function receipts(destination, reached, rejects) {
      const lines = [...reached].map(([queue, { sequence }]) => {
        return `${realNow()} ${destination} ${queue} ${sequence}\n`
      })
      appendFileSync(order.journal, lines.join(''))
      return original.call(this, destination, reached, rejects)
    }
  })
}
