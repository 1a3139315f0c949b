/**
 * What is in the spool when Cefline has ended: every block (the destination `absent` holds them all),
 * and the books.
 */
import { pathToFileURL } from 'node:url'
import type { DestinationLedger, QueueState } from '../../src/core.ts'
import type { unpackLines } from '../../src/io/lines.ts'
import type { openSpool } from '../../src/spool/spool.ts'
import { readArrival } from './payload.ts'
import { queues } from './world.ts'
import type { World } from './world.ts'

export interface SpoolContent {
  states: QueueState[]
  /** Destination → its books. */
  ledgers: Map<string, DestinationLedger[]>
  rejects: number
  damaged: number
  /** Key → where its events lie. */
  places: Map<string, { queue: string; sequence: number; externalId: string }[]>
  /** Lines of the largest block. */
  largestBlock: number
  /** Lines that are no event of ours, or not what has arrived. */
  wrong: string[]
}

/** Reads it with the built Cefline's own code; it must not be running. */
export async function readSpool({ book, setting, spoolFolder }: World): Promise<SpoolContent> {
  const dist = `${pathToFileURL(setting.dist).href}/`
  const built = (await import(`${dist}spool/spool.js`)) as { openSpool: typeof openSpool }
  const lines = (await import(`${dist}io/lines.js`)) as { unpackLines: typeof unpackLines }
  const destinations = new Map(['siem', 'absent'].map((name) => [name, queues]))
  const remember = { age: 30 * 86_400_000, count: 20_000_000 }
  const spool = await built.openSpool({
    ...{ folder: spoolFolder, maxBytes: 1e10, reserve: 0, remember, destinations, queues },
  })
  const places: SpoolContent['places'] = new Map()
  const wrong: string[] = []
  let largestBlock = 0
  try {
    for (const queue of queues) {
      let block = spool.next(queue, 0)
      for (; block; block = spool.next(queue, block.sequence)) {
        largestBlock = Math.max(largestBlock, block.count)
        for (const { cef } of lines.unpackLines(block.lines)) {
          const found = readArrival(cef)
          if (typeof found === 'string') {
            wrong.push(found)
            continue
          }
          const { key, externalId } = found
          if (book.differs(found)) wrong.push(`${key} did not arrive as it is in the spool`)
          const place = { queue, sequence: block.sequence, externalId }
          places.set(key, [...(places.get(key) ?? []), place])
        }
      }
    }
    return {
      states: spool.queues(),
      ledgers: new Map(['siem', 'absent'].map((name) => [name, spool.ledger(name)])),
      rejects: spool.rejects().count,
      damaged: spool.damaged().length,
      places,
      largestBlock,
      wrong,
    }
  } finally {
    await spool.close()
  }
}
