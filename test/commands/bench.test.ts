/**
 * `cefline bench`: what it leaves behind (nothing), and what reaches a receiver (all, once). No figure
 * is asserted.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { bench } from '../../src/commands/bench.ts'
import { placeFor, printed } from './helpers.ts'

const positive = (value: unknown) => typeof value === 'number' && value > 0

interface Measured {
  events: number
  mapping: { eventsPerSecond: number; profile: string }
  spool: { eventsPerSecond: number; appendMedian: number; place: string }
  destination?: { received: boolean; proof: string; rejected: number }
  bound: string
}

t.test('the machine alone: figures, and nothing is left behind', async (t) => {
  const { config, folder } = await placeFor(t)
  const before = readdirSync(dirname(folder)).sort()
  const { code, text } = await printed(t, () => bench({ config, events: 4000, json: true }))
  t.equal(code, 0)
  const measured = JSON.parse(text) as Measured
  t.ok(positive(measured.mapping.eventsPerSecond))
  t.ok(positive(measured.spool.eventsPerSecond))
  t.ok(positive(measured.spool.appendMedian))
  t.equal(measured.spool.place, dirname(folder), 'on the spool’s volume')
  t.match(measured.bound, /^bound by .*no receiver was tried/)
  t.strictSame(readdirSync(dirname(folder)).sort(), before)
})

t.test('a destination gets each event once, until the receipt', async (t) => {
  const { config, folder } = await placeFor(t)
  const options = { config, events: 7001, destination: 'siem' }
  const { code, text } = await printed(t, () => bench(options))
  t.equal(code, 0)
  t.match(text, /^map and encode {2}[\d,]+ events\/s, one thread \(activity, profile standard, /)
  t.match(text, /\nsiem {2}[\d,]+ events\/s, .*: 7,001 sent and received in [\d,.]+ ms \(synced\)/)
  const lines = readFileSync(join(dirname(folder), 'out.cef'), 'utf8')
    .trimEnd()
    .split('\n')
  t.equal(new Set(lines).size, 7001)
  t.ok(
    lines.every((line) =>
      /\|test\|.* suser=\S+ msg=Test event \d+ of 7001 of cefline bench, /.test(line),
    ),
  )
})

t.test('a destination that is not there is named', async (t) => {
  const { config } = await placeFor(t)
  const asked = printed(t, () => bench({ config, events: 10, destination: 'sime', json: true }))
  await t.rejects(asked, { code: 'not-found', message: /no destination "sime"; there is "siem"/ })
})
