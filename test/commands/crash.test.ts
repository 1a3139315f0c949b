/**
 * `rejects retry` killed in the middle: what was taken back is in the queue once, the rest is still
 * among the rejects, and the next try does that and no more.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'
import { retry } from '../../src/commands/rejects.ts'
import { status } from '../../src/commands/status.ts'
import { cli } from '../helpers/cefline.ts'
import { batchOf, drain, openAt, rejectOf } from '../spool/helpers.ts'
import { placeFor, printed } from './helpers.ts'

/** What they print is more than fits between two processes: the first waits for its reader. */
const many = 8000

t.test('kill -9 during a retry repeats nothing and loses nothing', async (t) => {
  const records = Array.from({ length: many }, (_, index) => {
    return JSON.stringify({ RID: `r${index}`, Action: 'Added', ObjectType: 'user' })
  })
  const { config, folder } = await placeFor(t, async (spool) => {
    const rejects = records.map((record) => rejectOf(record, record))
    await spool.append('activity', batchOf([], { rejects }))
  })
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
