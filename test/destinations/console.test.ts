import { PassThrough, Writable } from 'node:stream'
import t from 'tap'
import { create } from '../../src/destinations/console.ts'
import { blockOf, cefLine, Feed, recorder } from '../helpers/sink.ts'

const live = () => new AbortController().signal

async function print(color: 'auto' | 'always' | 'never', lines: string[]): Promise<string> {
  const output = new PassThrough()
  const delivery = recorder()
  const feed = new Feed(blockOf(1, lines))
  feed.end()
  await create({ color }, { name: 'screen' }, output).deliver(feed, delivery, live())
  t.same(delivery.receipts, [1])
  return String(output.read())
}

t.test('lines as they are, where it is no terminal', async (t) => {
  t.equal(await print('auto', [cefLine(1), cefLine(2)]), `${cefLine(1)}\n${cefLine(2)}\n`)
})

t.test('in colour by part, and the text is the same', async (t) => {
  const line = cefLine(1, 'a\\=b c|d')
  const painted = await print('always', [line])
  t.match(painted, '\u001b[36mexternalId\u001b[39m')
  t.match(painted, '\u001b[33m5\u001b[39m')
  t.equal(painted.replace(/\u001b\[\d+m/g, ''), `${line}\n`)
  t.equal((await print('always', ['no CEF'])).trim(), 'no CEF')
})

t.test('nothing that a terminal would obey comes through', async (t) => {
  const evil = cefLine(1, '\u001b]0;owned\u0007 \u001b[2J \u009b31m \u202egnp.exe \r')
  for (const color of ['never', 'always'] as const) {
    const painted = (await print(color, [evil])).replace(/\u001b\[\d+m/g, '')
    t.notMatch(painted, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    t.match(painted, '\\x1b]0;owned\\x07')
  }
})

t.test('nobody reads any more: no receipt, no crash, and the lines wait', async (t) => {
  const output = new Writable({
    write: (_data, _encoding, done) => done(Object.assign(new Error('EPIPE'), { code: 'EPIPE' })),
  })
  const delivery = recorder()
  const destination = create({ color: 'auto' }, { name: 'screen' }, output)
  const done = destination.deliver(new Feed(blockOf(1, [cefLine(1)])), delivery, live())
  await t.rejects(done, { code: 'write-failed', retryAfter: Infinity })
  t.same(delivery.receipts, [])
})

t.test('a full disk under it is tried again', async (t) => {
  const output = new Writable({
    write: (_data, _encoding, done) => done(Object.assign(new Error('full'), { code: 'ENOSPC' })),
  })
  const delivery = recorder()
  const destination = create({ color: 'auto' }, { name: 'screen' }, output)
  const feed = () => new Feed(blockOf(1, [cefLine(1)]))
  const failure = await destination
    .deliver(feed(), delivery, live())
    .catch((thrown: unknown) => thrown)
  t.match(failure, { code: 'write-failed', message: /make room there$/ })
  t.notMatch(failure, { retryAfter: Infinity })
  t.same(delivery.receipts, [])
})

t.test('check, abort and frame', async (t) => {
  const output = new PassThrough()
  const destination = create({ color: 'never' }, { name: 'screen' }, output)
  for await (const step of destination.check(live(), true)) t.ok(step.ok)
  const abort = new AbortController()
  const done = destination.deliver(new Feed(), recorder(), abort.signal)
  abort.abort()
  await done
  t.equal(destination.frame(cefLine(1), 0, 5).toString(), `${cefLine(1)}\n`)
  await destination.close()
})
