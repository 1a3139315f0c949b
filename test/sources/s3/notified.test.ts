import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import t from 'tap'
import type { Test } from 'tap'
import type { CheckStep } from '../../../src/core.ts'
import type { Options } from '../../../src/sources/s3.ts'
import { program } from '../../helpers/root.ts'
import { notificationOf, startQueue } from '../../helpers/sqs.ts'
import type { StandInQueue } from '../../helpers/sqs.ts'
import { startS3 } from '../../helpers/versitygw.ts'
import type { S3Service } from '../../helpers/versitygw.ts'
import { line, ObjectRun, objectOptions, openObjectSpool, put, textOf } from './world.ts'

interface World {
  s3: S3Service
  queue: StandInQueue
  url: string
  start(more?: Partial<Options>, folder?: string): Promise<ObjectRun>
}

const test = (name: string, work: (t: Test, world: World) => Promise<void>) =>
  t.test(name, async (t) => {
    const s3 = await startS3(t)
    const { queue, url } = await startQueue(t)
    const start = async (more: Partial<Options> = {}, folder = t.testdir()) => {
      const spool = await openObjectSpool(folder)
      const run = new ObjectRun(spool, objectOptions(s3.options, { queue: url, ...more }))
      t.teardown(async () => {
        await run.stop()
        await spool.close()
      })
      return run
    }
    await work(t, { s3, queue, url, start })
  })

test('notified objects are read, and their messages deleted', async (t, { s3, queue, start }) => {
  await put(s3, 'siem/a b+c.cef', textOf([line('one'), line('two')]))
  await put(s3, 'siem/d.cef', textOf([line('three')]))
  await put(s3, 'other/e.cef', textOf([line('no')]))
  queue.send({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: s3.bucket })
  queue.send(notificationOf(s3.bucket, 'siem/a b+c.cef'))
  const inner = JSON.stringify(notificationOf(s3.bucket, 'siem/d.cef', 'ObjectCreated:Copy'))
  queue.send({ Type: 'Notification', TopicArn: 'arn:aws:sns:x', Message: inner })
  queue.send(notificationOf(s3.bucket, 'other/e.cef'))
  queue.send(notificationOf(s3.bucket, 'siem/gone.cef', 'ObjectRemoved:Delete'))
  const run = await start()
  await run.until(() => queue.messages.length === 0)
  t.same(run.lines().sort(), ['one', 'three', 'two'].map((text) => line(text)).sort())
  t.equal(run.rejects().length, 0)
  t.ok(run.said(/do not begin with “siem\/”, such as other\/e\.cef; .* check folder/))
})

test('an object that is told of twice is read once', async (t, { s3, queue, start }) => {
  await put(s3, 'siem/a.cef', textOf([line('one')]))
  queue.twice = true
  queue.send(notificationOf(s3.bucket, 'siem/a.cef'))
  queue.send(notificationOf(s3.bucket, 'siem/a.cef'))
  const run = await start()
  await run.until(() => queue.messages.length === 0)
  queue.send(notificationOf(s3.bucket, 'siem/a.cef'))
  await run.until(() => queue.messages.length === 0)
  t.same(run.lines(), [line('one')])
  t.same(run.ledger(), { read: 1, spooled: 1, alreadyGiven: 0, rejected: 0, ignored: 0 })
})

test('an object that was read and deleted is not said to be lost', async (t, world) => {
  const { s3, queue, start } = world
  const body = textOf([line('one')])
  await put(s3, 'siem/a.cef', body)
  const eTag = createHash('md5').update(body).digest('hex')
  const told = JSON.stringify(notificationOf(s3.bucket, 'siem/a.cef')).replace('"0"', `"${eTag}"`)
  queue.send(told)
  const run = await start({ after: 'delete' })
  await run.until(async () => queue.messages.length === 0 && (await s3.keys()).length === 0)
  queue.send(told)
  await run.until(() => queue.messages.length === 0)
  t.same(run.lines(), [line('one')])
  t.notOk(run.said('before it could be read'))
})

test('what is no notification goes to the rejects', async (t, { s3, queue, start }) => {
  await put(s3, 'siem/a.cef', textOf([line('one')]))
  queue.send('<xml/>')
  queue.send(notificationOf('somebody-elses', 'siem/a.cef'))
  queue.send(notificationOf(s3.bucket, 'siem/a.cef'))
  const run = await start()
  await run.until(() => queue.messages.length === 0)
  t.same(run.lines(), [line('one')])
  const reasons = run.rejects().map(({ reason }) => reason)
  t.equal(reasons.length, 2)
  t.ok(reasons.some((reason) => reason.includes('is no JSON')))
  t.ok(reasons.some((reason) => reason.includes('tells of bucket somebody-elses')))
})

test('an object that is gone is said, and its message deleted', async (t, { s3, queue, start }) => {
  queue.send(notificationOf(s3.bucket, 'siem/gone.cef'))
  const run = await start()
  await run.until(() => queue.messages.length === 0)
  t.ok(run.said('s3://timelines/siem/gone.cef was deleted before it could be read'))
})

test('a message is there until its lines are durable', async (t, { s3, queue, start }) => {
  const lines = Array.from({ length: 9_000 }, (_, index) => line(`row ${index}`))
  await put(s3, 'siem/a.cef', textOf(lines))
  queue.send(notificationOf(s3.bucket, 'siem/a.cef'))
  const counts: number[] = []
  const run = await start()
  queue.ill = (operation) => {
    if (operation === 'DeleteMessageBatch') counts.push(run.ledger()?.spooled ?? 0)
    return undefined
  }
  await run.until(() => queue.messages.length === 0)
  t.same(counts, [9_000])
  t.same(run.lines(), lines)
})

test('a message that could not be deleted comes again', async (t, { s3, queue, start }) => {
  await put(s3, 'siem/a.cef', textOf([line('one')]))
  queue.send(notificationOf(s3.bucket, 'siem/a.cef'))
  queue.ill = (operation) =>
    operation === 'DeleteMessageBatch' ? [403, 'AccessDeniedException'] : undefined
  const run = await start()
  await run.until(() => run.said('sqs:DeleteMessage'))
  queue.ill = () => undefined
  queue.expire()
  await run.until(() => queue.messages.length === 0)
  t.same(run.lines(), [line('one')])
})

test('a queue that may not be read is said with its cure', async (t, { queue, start }) => {
  queue.ill = () => [403, 'AccessDeniedException']
  const run = await start()
  await run.until(() => run.said('needs sqs:ReceiveMessage'))
  t.pass('it was said')
})

test('a queue that is not there', async (t, { queue, start }) => {
  queue.ill = () => [400, 'QueueDoesNotExist']
  const run = await start()
  await run.until(() => run.said('there is no such queue'))
  t.pass('it was said')
})

test('what failed is given back, and others see it later', async (t, { s3, queue, start }) => {
  await put(s3, 'siem/a.cef', textOf([line('one')]))
  queue.ill = (operation) => (operation === 'DeleteMessageBatch' ? [500, 'Internal'] : undefined)
  queue.send(notificationOf(s3.bucket, 'siem/a.cef'))
  const run = await start()
  await run.until(() => queue.asked.includes('ChangeMessageVisibilityBatch'))
  const [message] = queue.messages
  await run.until(() => (message?.visibleAt ?? 0) < Date.now() + 100_000)
  t.ok((message?.visibleAt ?? 0) > Date.now() + 1_000, 'in a minute')
  t.same(run.lines(), [line('one')])
})

test('killed in the middle of an object: every line once', async (t, { s3, queue, start, url }) => {
  const lines = Array.from({ length: 30_000 }, (_, index) => line(`row ${index}`))
  await put(s3, 'siem/a.cef', textOf(lines))
  queue.send(notificationOf(s3.bucket, 'siem/a.cef'))
  const folder = t.testdir()
  const reading = [...program('sources/s3/reading'), folder, s3.endpoint, url]
  const child = spawn(process.execPath, reading, { stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (Number(text.trim().split('\n').at(-1)) >= 6_000) child.kill('SIGKILL')
  })
  const [, signal] = (await once(child, 'close')) as [number | null, string | null]
  t.equal(signal, 'SIGKILL', 'it was killed')
  t.equal(queue.messages.length, 1, 'its message is there')
  queue.expire()
  const run = await start({}, folder)
  await run.until(() => queue.messages.length === 0)
  t.same(run.lines(), lines)
})

test('check', async (t, { s3, start }) => {
  const run = await start()
  const steps: CheckStep[] = []
  for await (const step of run.source().check(undefined, AbortSignal.timeout(10_000), true)) {
    steps.push(step)
  }
  t.same(
    steps.map(({ name, ok }) => [name, ok]),
    ['s3', 'credentials', 'bucket', 'queue'].map((name) => [name, true]),
  )
  t.match(steps.at(-1)?.detail, 'about 0 messages')
  t.ok(s3)
})
