import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { Test } from 'tap'
import { judgeQueue, Queue } from '../../src/s3/queue.ts'
import { startQueue } from '../helpers/sqs.ts'
import type { StandInQueue } from '../helpers/sqs.ts'
import { s3Defaults } from '../helpers/versitygw.ts'

const { signal } = new AbortController()

async function opened(
  t: Test,
  prolong = 100_000,
): Promise<{ standIn: StandInQueue; queue: Queue }> {
  const { queue: standIn, url } = await startQueue(t)
  const times = { wait: 1, visibility: 300, prolong }
  const queue = await Queue.open(url, { ...s3Defaults, region: 'eu-west-1' }, 'sources.x', times)
  t.teardown(() => queue.close())
  return { standIn, queue }
}

const hidden = (standIn: StandInQueue) =>
  standIn.asked.filter((operation) => operation === 'ChangeMessageVisibilityBatch').length

t.test('messages are held as long as they are worked on', async (t) => {
  const { standIn, queue } = await opened(t, 20)
  for (const body of ['a', 'b', 'c']) standIn.send(body)
  const held = await queue.receive(signal)
  t.equal(held.messages.length, 3)
  while (hidden(standIn) < 3) await sleep(5)
  for (const message of held.messages.slice(0, 2)) held.done(message)
  await held.deleteDone()
  t.same(standIn.deleted.sort(), ['b', 'c'], 'the newest were received first')
  await held.giveBack(0)
  const { length } = standIn.messages.filter(({ visibleAt }) => visibleAt <= Date.now())
  t.equal(length, 1, 'what is not done is visible at once')
  const before = hidden(standIn)
  await sleep(60)
  t.equal(hidden(standIn), before, 'nothing is held any more')
  await held.giveBack(0)
})

t.test('an empty queue gives none', async (t) => {
  const { queue } = await opened(t)
  const held = await queue.receive(signal)
  t.same(held.messages, [])
  await held.deleteDone()
  await held.giveBack(0)
})

t.test('why messages could not be held is told once', async (t) => {
  const { standIn, queue } = await opened(t, 10)
  standIn.send('a')
  const held = await queue.receive(signal)
  standIn.ill = () => [403, 'AccessDeniedException']
  let failure: unknown
  while ((failure = held.failure()) === undefined) await sleep(5)
  t.match(failure, { code: 'forbidden', message: /sqs:ChangeMessageVisibility/ })
  await held.giveBack(0)
})

t.test('one that has been held for as long as SQS allows is told too', async (t) => {
  const { standIn, queue } = await opened(t, 10)
  standIn.send('a')
  const held = await queue.receive(signal)
  standIn.tooLong = true
  let failure: unknown
  while ((failure = held.failure()) === undefined) await sleep(5)
  t.match(failure, { code: 'server', message: /InvalidParameterValue: 43200 s.*left out then/ })
  await held.giveBack(0)
})

t.test('waiting ends with the signal', async (t) => {
  const { queue } = await opened(t)
  const abort = new AbortController()
  const receiving = queue.receive(abort.signal)
  abort.abort(new Error('stopped'))
  await t.rejects(receiving)
})

t.test('the region is in the url', async (t) => {
  const table: [string, string | undefined][] = [
    ['https://sqs.eu-central-1.amazonaws.com/1/q', 'eu-central-1'],
    ['https://vpce-1-2.sqs.us-east-1.vpce.amazonaws.com/1/q', 'us-east-1'],
    ['https://sqs.cn-north-1.amazonaws.com.cn/1/q', 'cn-north-1'],
    ['http://localhost:9324/1/q', undefined],
  ]
  for (const [url, region] of table) t.equal(judgeQueue(url, 'x'), region)
  for (const url of ['q', 'arn:aws:sqs:eu-west-1:1:q', 'https://u:p@h/q']) {
    t.throws(() => judgeQueue(url, 'sources.x'), { code: 'config' }, url)
  }
})
