/**
 * A process that forwards numbered lines from a real spool into a bucket until it is killed: the child
 * of `kill.test.ts`. `sender.ts FOLDER ENDPOINT LINES [MORE]`: appends so many more lines, forwards,
 * prints `sending` when it begins and ends by itself when all are received. MORE is JSON (`More`).
 */
import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { create } from '../../../src/destinations/s3.ts'
import type { Options } from '../../../src/destinations/s3.ts'
import { LinePacker } from '../../../src/io/lines.ts'
import { forward } from '../../../src/pipeline/forward.ts'
import { openSpool } from '../../../src/spool/spool.ts'
import { idOf, recordedEvents } from '../../helpers/pipeline.ts'
import { s3Defaults } from '../../helpers/versitygw.ts'

export interface More extends Partial<Options> {
  /** Evidence items, whose lines take turns. */
  items?: number
  /** Characters of each line. */
  length?: number
  /** Events a second. */
  rate?: number
}

const [folder = '', endpoint = '', count = '0', given = '{}'] = process.argv.slice(2)
const { items = 4, length, rate, ...more } = JSON.parse(given) as More
const queues = ['timelines']
const perBlock = 20

const spool = await openSpool({
  folder,
  maxBytes: 1e9,
  reserve: 0,
  remember: { age: 1e9, count: 1e6 },
  queues,
  destinations: new Map([['bucket', queues]]),
})
const begun = Number(spool.checkpoint('timelines') ?? 0)
for (let from = begun; from < begun + Number(count); from += perBlock) {
  const packer = new LinePacker()
  for (let n = from; n < from + perBlock; n += 1) {
    const rest = `eventId=${n} msg=${'m'.repeat(length ?? n % 200)}`
    const cef = `CEF:0|CadoSecurity|CadoResponse|1|0|x|1|evidence_id=${n % items} ${rest}`
    packer.add(cef, 0, 1, idOf(n))
  }
  const checkpoint = String(from + perBlock)
  const batch = { read: perBlock, lines: packer.take(), rejects: [], ignored: 0, checkpoint }
  await spool.append('timelines', batch)
}
const ending = new AbortController()
const options: Options = {
  ...s3Defaults,
  endpoint,
  format: 'cef',
  gzip: true,
  maxBytes: 8_000,
  maxAge: 200,
  sse: 'none',
  kmsKey: null,
  ...more,
}
writeSync(1, 'sending\n')
const done = forward({
  name: 'bucket',
  destination: create(options, { name: 'bucket', folder: join(folder, 's3-bucket') }),
  queues: [queues],
  spool,
  rate: rate === undefined ? undefined : { events: rate, bytes: null, burst: 100 },
  events: recordedEvents().events.destination('bucket'),
  signal: ending.signal,
})
while (spool.waiting('bucket').lines > 0) await sleep(10)
ending.abort()
await done
await spool.close()
writeSync(1, `${begun + Number(count)}\n`)
