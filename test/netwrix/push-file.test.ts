/**
 * What a sender is told of its rows, against a real spool.
 */
import { createHash } from 'node:crypto'
import t from 'tap'
import { PushFile } from '../../src/netwrix/push-file.ts'
import { batchOf, openAt } from '../spool/helpers.ts'

t.test('what the other source gave first was given before', async (t) => {
  const spool = await openAt(t.testdir(), {
    queues: ['push', 'activity'],
    joined: [['push', 'activity']],
    destinations: new Map([['siem', ['push', 'activity']]]),
  })
  t.teardown(() => spool.close())
  const remembers = (id: Uint8Array) => spool.remembers('push', id)
  const give = async (lines: string[]) => {
    const digest = createHash('sha256').update(lines.join()).digest()
    const file = new PushFile({ path: 'none', bytes: 1, digest }, '127.0.0.1', undefined)
    const batch = batchOf(lines)
    file.count(batch, remembers)
    const appended = await spool.append('push', batch)
    file.durable(remembers)
    file.durable(remembers)
    const { spooled, alreadyGiven } = appended
    t.match(file.result(), { status: 200, body: { spooled, alreadyGiven } }, 'as in the books')
    return { spooled, alreadyGiven }
  }
  await spool.append('activity', batchOf(['a#1', 'b#2']))
  t.same(await give(['A#1', 'c#3', 'c#3', 'd#4']), { spooled: 2, alreadyGiven: 2 })
  t.same(await give(['A#1', 'c#3', 'e#5']), { spooled: 1, alreadyGiven: 2 }, 'sent again')
})
