/**
 * `rejects retry` killed in the middle: what was taken back is in the queue once, the rest is still
 * among the rejects, and the next try does that and no more. Interrupted it also says what it did, to
 * the SIEM.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'
import type { Test } from 'tap'
import { retry } from '../../src/commands/rejects.ts'
import { status } from '../../src/commands/status.ts'
import { cli } from '../helpers/cefline.ts'
import { batchOf, drain, openAt, rejectOf } from '../spool/helpers.ts'
import { placeFor, printed } from './helpers.ts'
import type { Place } from './helpers.ts'

/** What they print is more than fits between two processes: the first waits for its reader. */
const many = 8000

function withRejects(t: Test): Promise<Place> {
  const records = Array.from({ length: many }, (_, index) => {
    return JSON.stringify({ RID: `r${index}`, Action: 'Added', ObjectType: 'user' })
  })
  return placeFor(t, async (spool) => {
    const rejects = records.map((record) => rejectOf(record, record))
    await spool.append('activity', batchOf([], { rejects }))
  })
}

t.test('kill -9 during a retry repeats nothing and loses nothing', async (t) => {
  const { config, folder } = await withRejects(t)
  const args = ['--config', config, 'rejects', 'retry', '--all', '--json']
  const child = spawn(process.execPath, [cli, ...args])
  const closed = once(child, 'close')
  child.stderr.resume()
  await once(child.stdout, 'readable')
  child.kill('SIGKILL')
  child.stdout.resume()
  t.strictSame(await closed, [null, 'SIGKILL'])

  const look = async () => {
    const spool = await openAt(folder, { queues: ['activity'], destinations: new Map() })
    const found = { lines: drain(spool, 'activity'), rejects: spool.rejects().count }
    await spool.close()
    return found
  }
  const left = await look()
  t.ok(left.lines.length > 0 && left.lines.length < many, 'it was in the middle')
  t.equal(left.lines.length + left.rejects, many)

  const again = await printed(t, () => retry({ config, all: true }))
  t.equal(again.code, 0)
  t.match(again.text, `${left.rejects.toLocaleString('en-US')} back in a queue, 0 given before`)
  const { lines, rejects } = await look()
  t.equal(rejects, 0)
  t.equal(lines.length, many)
  t.equal(new Set(lines).size, many, 'each once')
  t.equal((await printed(t, () => status({ config }))).code, 0, 'the books add up')
})

for (const way of ['Ctrl-C', 'a reader that goes'] as const) {
  t.test(`${way} during a retry ends it, and the SIEM is told of what was done`, async (t) => {
    const { config, folder } = await withRejects(t)
    const child = spawn(process.execPath, [cli, '--config', config, 'rejects', 'retry', '--all'])
    let errors = ''
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
    const closed = once(child, 'close')
    await once(child.stdout, 'readable')
    if (way === 'Ctrl-C') child.kill('SIGINT')
    else child.stdout.destroy()
    child.stdout.resume()
    t.strictSame(await closed, [way === 'Ctrl-C' ? 130 : 0, null], errors)
    t.match(errors, /^interrupted: what is left is in cefline rejects ls$/m)
    const destinations = new Map([['siem', ['activity', 'cefline']]])
    const spool = await openAt(folder, { queues: ['activity', 'cefline'], destinations })
    const back = drain(spool, 'activity').length
    const own = drain(spool, 'cefline')
    t.ok(back > 0 && back + spool.rejects().count === many)
    await spool.close()
    t.equal(own.length, 1)
    t.match(own[0], `${back} rejects went back into their queues`)
  })
}
