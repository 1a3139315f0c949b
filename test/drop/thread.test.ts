import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { asError } from '../../src/drop/portion.ts'
import type { Portion } from '../../src/drop/portion.ts'
import { alertThread } from '../../src/netwrix/alert-thread.ts'

const options = { timezone: 'UTC', dateFormat: 'auto', profile: 'standard' } as const
const header = 'When\tWho\tAction\n'
const row = '2026-01-02T03:04:05Z\tme\tAdded\n'

async function count(portions: AsyncIterable<Portion>): Promise<number> {
  let lines = 0
  for await (const { batch, ended } of portions) {
    lines += batch.lines.count
    for (const { failure } of ended) if (failure) throw asError(failure)
  }
  return lines
}

t.test('files are read in turn, also when the next one is asked for early', async (t) => {
  const folder = t.testdir({ 'a.csv': header + row.repeat(9000), 'b.csv': header + row })
  const thread = alertThread(options)
  const [a, b, none] = ['a.csv', 'b.csv', 'none.csv'].map((name) =>
    thread.read([{ path: Buffer.from(join(folder, name)) }]),
  )
  if (!a || !b || !none) throw new Error('three readings')
  await sleep(300)
  t.equal(await count(a), 9000)
  t.equal(await count(b), 1)
  await t.rejects(count(none), { code: 'file-unreadable', permanent: false, message: /none\.csv/ })
  await thread.stop()
  await thread.stop()
  t.equal(await count(thread.read([{ path: Buffer.from(join(folder, 'b.csv')) }])), 1, 'read anew')
  await thread.stop()
})

t.test('it is never far ahead', async (t) => {
  const row = `2026-01-02T03:04:05Z\tme\t${'x'.repeat(400)}\n`
  const folder = t.testdir({ 'a.csv': header + row.repeat(20_000) })
  const path = join(folder, 'a.csv')
  const thread = alertThread(options)
  const reading = thread.read([{ path: Buffer.from(path) }])
  const portions = reading[Symbol.asyncIterator]()
  await portions.next()
  await sleep(500)
  writeFileSync(path, 'changed')
  const rest = count({ [Symbol.asyncIterator]: () => portions })
  await t.rejects(rest, { code: 'file-changed' }, 'what comes later was not read yet')
  await thread.stop()
})

t.test('ended while somebody waits', async (t) => {
  const folder = t.testdir({ 'a.csv': header + row.repeat(50_000) })
  const thread = alertThread(options)
  const reading = count(thread.read([{ path: Buffer.from(join(folder, 'a.csv')) }]))
  const rejected = t.rejects(reading, { code: 'internal' })
  await thread.stop()
  await rejected
})

t.test('what nobody takes does not hold up what comes after', async (t) => {
  const folder = t.testdir({ 'a.csv': header + row.repeat(5000), 'b.csv': header + row })
  const thread = alertThread(options)
  for (let n = 0; n < 3; n += 1) {
    const batches = thread
      .read([{ path: Buffer.from(join(folder, 'a.csv')) }])
      [Symbol.asyncIterator]()
    await batches.next()
    await sleep(200)
    await batches.return?.()
    await thread.abandon()
  }
  t.equal(await count(thread.read([{ path: Buffer.from(join(folder, 'b.csv')) }])), 1)
  await thread.stop()
})
