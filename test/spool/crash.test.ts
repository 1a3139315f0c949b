/**
 * Other processes on the same folder: killed at any instant, or still living.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import t from 'tap'
import { program } from '../helpers/root.ts'
import { batchOf, drain, numbered, openAt } from './helpers.ts'

/** Starts a writer; `lines` is what it has printed so far, `printed` waits for so many lines. */
function start(folder: string, mode: string) {
  const child = spawn(process.execPath, [...program('spool/writer'), folder, mode], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const lines: string[] = []
  const reader = createInterface({ input: child.stdout })
  reader.on('line', (line) => lines.push(line))
  const closed = once(child, 'close')
  const printed = async (count: number) => {
    while (lines.length < count && child.exitCode === null) {
      await Promise.race([once(reader, 'line'), closed])
    }
  }
  const kill = async () => {
    child.kill('SIGKILL')
    await closed
  }
  return { child, lines, printed, kill, closed }
}

t.test('kill -9 while appending: what was acknowledged is there, once', async (t) => {
  const folder = t.testdir()
  for (let round = 1; round <= 6; round += 1) {
    const writer = start(folder, 'append')
    await writer.printed(round * 7)
    await writer.kill()
    const wrong = writer.lines.filter((line) => !/^\d+$/.test(line))
    t.same(wrong, [])
    const acknowledged = Number(writer.lines.at(-1))

    const spool = await openAt(folder)
    const checkpoint = Number(spool.checkpoint('q'))
    t.ok(checkpoint >= acknowledged, `${acknowledged} acknowledged, ${checkpoint} durable`)
    t.ok(checkpoint <= acknowledged + 50, 'at most the batch in hand beyond')
    t.same(drain(spool), numbered(0, checkpoint), 'each line once, in order')
    const [state] = spool.queues()
    t.match(state, { lines: checkpoint, remembered: checkpoint })
    t.equal(state?.ledger.read, checkpoint + (state?.ledger.alreadyGiven ?? 0))
    t.equal((await spool.append('q', batchOf(numbered(0, checkpoint)))).spooled, 0)
    await spool.close()
  }
})

t.test('kill -9 while forwarding: the books add up', async (t) => {
  const folder = t.testdir()
  for (let round = 1; round <= 6; round += 1) {
    const writer = start(folder, 'forward')
    await writer.printed(round * 5)
    await writer.kill()
    const wrong = writer.lines.filter((line) => !/^\d+$/.test(line))
    t.same(wrong, [])
    const spool = await openAt(folder)
    const [books] = spool.ledger('siem')
    const { spooled = 0, received = 0, waiting = 0, refused = 0, damaged } = books ?? {}
    t.equal(spooled, Number(spool.checkpoint('q')))
    t.equal(received + waiting + refused, spooled, JSON.stringify(books))
    t.equal(damaged, 0)
    t.equal(drain(spool, 'q', spool.position('siem', 'q')).length, waiting)
    t.equal(spool.rejects().count, refused)
    await spool.close()
  }
})

t.test('a second living process is refused, a dead one is taken over', async (t) => {
  const folder = t.testdir()
  const holder = start(folder, 'hold')
  await holder.printed(1)
  t.same(holder.lines, ['open'])
  await t.rejects(openAt(folder), {
    code: 'spool-owner',
    message: new RegExp(`in use by process ${holder.child.pid};`),
  })
  await holder.kill()
  const spool = await openAt(folder)
  await t.rejects(openAt(folder), { code: 'spool-owner' }, 'not twice in one process either')
  const second = start(folder, 'hold')
  await second.closed
  t.match(second.lines, [/is in use by process/])
  await spool.append('q', batchOf(['still ours']))
  t.same(drain(spool), ['still ours'])
  await spool.close()
})
