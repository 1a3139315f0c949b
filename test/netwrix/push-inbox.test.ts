import { createHash } from 'node:crypto'
import t from 'tap'
import { isAnswer, later } from '../../src/netwrix/push-answer.ts'
import { PushFile } from '../../src/netwrix/push-file.ts'
import { PushInbox } from '../../src/netwrix/push-inbox.ts'

const path = '/nowhere/at-all.csv'
const file = (client: string, content: string) => {
  const digest = createHash('sha256').update(content).digest()
  return new PushFile({ path, bytes: content.length, digest }, client, undefined)
}

t.test('each client in turn', async (t) => {
  const inbox = new PushInbox(1000)
  const [a1, a2, a3, b1] = [file('a', '1'), file('a', '2'), file('a', '3'), file('b', '4')]
  t.equal(inbox.put(a1), false, 'not open')
  inbox.open()
  for (const each of [a1, a2, a3, b1]) t.equal(inbox.put(each), true)
  t.equal(inbox.withdraw(a2), true)
  t.equal(inbox.withdraw(a2), false)
  t.equal(await inbox.next(1000), a1)
  t.equal(await inbox.next(1000), b1)
  t.equal(await inbox.next(1000), a3)
  const next = inbox.next(60_000)
  inbox.put(a2)
  t.equal(await next, a2)
  const rung = inbox.next(60_000)
  inbox.ring()
  t.equal(await rung, undefined)
})

t.test('a bounded number of files, of each client and of all', async (t) => {
  const inbox = new PushInbox(1000)
  inbox.open()
  const places = ['a', 'b'].flatMap((client) =>
    Array.from({ length: 16 }, () => inbox.enter(client)),
  )
  t.notOk(places.some(isAnswer))
  t.match(inbox.enter('a'), { status: 429 })
  t.match(inbox.enter('c'), { status: 503 })
  const [first] = places
  if (typeof first === 'function') first()
  t.type(inbox.enter('c'), 'function')
})

t.test('those who wait are answered when it is paused', async (t) => {
  const inbox = new PushInbox(1000)
  inbox.open()
  const [inHand, waits] = [file('a', '1'), file('a', '2')]
  inbox.put(inHand)
  inbox.put(waits)
  await inbox.next(1000)
  await inbox.pause(later('failed', 'no'))
  for (const { outcome } of [inHand, waits]) t.match(await outcome, { status: 503 })
  t.match(inbox.unready(), { status: 503 })
  inbox.open()
  t.equal(inbox.unready(), undefined)
  inbox.ring()
  t.equal(await inbox.next(1000), undefined)
})
