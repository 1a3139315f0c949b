/**
 * Breaks Cefline in one way each. The oracle must find every one of them.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Batch } from '../../../src/core.ts'
import type { Lines } from '../../../src/io/lines.ts'
import type { Mutant, Order } from './order.ts'
import { watchSockets } from './sockets.ts'
import type { Append } from './spool.ts'
import { wrap } from './wrap.ts'

/** The batch or write that is done wrong, so that one has gone before it. */
const which = 2
/** ms that a mark is ahead of its lines. */
const early = 400

export function breakIt(order: Order, spool: object, mutant: Mutant): void {
  if (mutant === 'skips-send' || mutant === 'sends-twice') {
    let writes = 0
    const wrong = mutant === 'skips-send' ? 0 : 2
    watchSockets(order.port, { times: () => ((writes += 1) === which ? wrong : 1) })
  } else breakAppend(spool, mutant)
}

function breakAppend(spool: object, mutant: Exclude<Mutant, 'skips-send' | 'sends-twice'>): void {
  let batches = 0
  wrap<'append', Append>(spool, 'append', (original) => {
    return async function append(queue, batch) {
      const { lines } = batch
      const store = (changes: Partial<Batch>) =>
        original.call(this, queue, { ...batch, ...changes })
      if (lines.count > 0) batches += 1
      if (lines.count === 0) return store({})
      if (mutant === 'marks-first') {
        await store({ lines: nothing, read: 0, rejects: [] })
        await pause(early)
        return store({})
      }
      if (batches !== which) return store({})
      switch (mutant) {
        case 'loses-batch':
          return store({ lines: nothing })
        case 'stores-twice':
          await store({ lines: renamed(lines) })
          return store({})
        case 'garbles':
          return store({ lines: garbled(lines) })
      }
    }
  })
}

const nothing: Lines = { count: 0, bytes: Buffer.alloc(0), ids: Buffer.alloc(0) }

/** Other ids, so that the spool does not know them. */
function renamed(lines: Lines): Lines {
  return { ...lines, ids: Buffer.from(lines.ids.map((byte) => byte ^ 0x55)) }
}

/** Another letter in a text that every one of our lines has. */
function garbled({ count, bytes, ids }: Lines): Lines {
  const copy = Buffer.from(bytes)
  copy.write('"a|c"', copy.indexOf('"a|b"'))
  return { count, bytes: copy, ids }
}
