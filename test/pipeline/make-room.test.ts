import t from 'tap'
import { isCeflineError } from '../../src/error.ts'
import { makeRoom } from '../../src/pipeline/make-room.ts'
import { batchOf, recordedEvents, spoolFor } from '../helpers/pipeline.ts'

type WhenFull = 'hold' | 'reject'

async function fill(t: Parameters<typeof spoolFor>[0], siem: WhenFull, archive: WhenFull) {
  const destinations = ['siem', 'archive']
  const spool = await spoolFor(t, { maxBytes: 200_000, destinations })
  const { events, log } = recordedEvents()
  for (const name of destinations) events.destination(name)
  const whenFull = new Map([
    ['siem', siem],
    ['archive', archive],
  ])
  let given = 0
  const append = async () => {
    await spool.append('alerts', batchOf(given, given + 100))
    given += 100
  }
  const isFull = (thrown: unknown) => isCeflineError(thrown) && thrown.code === 'spool-full'
  for (let full = false; !full;) {
    await append().catch((thrown: unknown) => {
      if (!isFull(thrown)) throw thrown
      full = true
    })
  }
  return { spool, events, log, whenFull, append, given: () => given }
}

t.test('nothing is rejected while one of the holders says hold', async (t) => {
  const { spool, events, whenFull } = await fill(t, 'reject', 'hold')
  t.equal(await makeRoom(spool, whenFull, events), false)
  t.equal(spool.rejects().count, 0)
})

t.test('with reject, the oldest lines are kept in the rejects and there is room', async (t) => {
  const { spool, events, log, whenFull, append, given } = await fill(t, 'reject', 'reject')
  const before = given()
  let tries = 0
  for (; given() === before && tries < 50; tries += 1) {
    t.equal(await makeRoom(spool, whenFull, events), true)
    await append().catch(() => {})
  }
  t.ok(given() > before, `room after ${tries} blocks`)
  const rejects = spool.rejects()
  t.equal(rejects.count, tries * 100 * 2, 'each line, for each destination')
  t.match(rejects.list(1), [{ code: 'when-full', source: 'alerts' }])
  t.match(log()[0]?.msg, /whenFull is reject: its 100 oldest lines went to the rejects/)
  t.equal(spool.position('siem', 'alerts'), tries)
})
