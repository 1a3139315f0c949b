import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { forward } from '../../../src/pipeline/forward.ts'
import { create } from '../../../src/destinations/s3.ts'
import type { Options } from '../../../src/destinations/s3.ts'
import { Uploader } from '../../../src/destinations/s3/upload.ts'
import { isCeflineError } from '../../../src/error.ts'
import { openSpool } from '../../../src/spool/spool.ts'
import { LinePacker } from '../../../src/io/lines.ts'
import { idOf, recordedEvents } from '../../helpers/pipeline.ts'
import { startStandIn } from '../../helpers/s3-stand-in.ts'
import type { Asked, Illness } from '../../helpers/s3-stand-in.ts'
import { blockOf, Feed, recorder } from '../../helpers/sink.ts'
import { s3Defaults } from '../../helpers/versitygw.ts'

const defaults: Options = {
  ...s3Defaults,
  format: 'cef',
  gzip: false,
  maxBytes: 2_000,
  maxAge: 100,
  sse: 'none',
  kmsKey: null,
}

function line(number: number, length = 40): string {
  const item = number % 3
  return `CEF:0|CadoSecurity|CadoResponse|1|0|x|1|evidence_id=${item} eventId=${number} msg=${'m'.repeat(length)}`
}

/** Forwards numbered lines of a real spool through a service that falls ill so, until all are received. */
async function through(
  t: Test,
  ill: (asked: Asked) => Illness | undefined,
  more: Partial<Options> = {},
  length?: number,
) {
  const s3 = await startStandIn(t, ill)
  const folder = t.testdir()
  const queues = ['timelines']
  const spool = await openSpool({
    folder,
    maxBytes: 1e9,
    reserve: 0,
    remember: { age: 1e9, count: 1e6 },
    queues,
    destinations: new Map([['bucket', queues]]),
  })
  t.teardown(() => spool.close())
  const lines = Array.from({ length: 60 }, (_, number) => line(number, length))
  for (let from = 0; from < lines.length; from += 10) {
    const packer = new LinePacker()
    for (let n = from; n < from + 10; n += 1) packer.add(lines[n] ?? '', 0, 1, idOf(n))
    await spool.append('timelines', { read: 10, lines: packer.take(), rejects: [], ignored: 0 })
  }
  const { events, log } = recordedEvents()
  const ending = new AbortController()
  const options = { ...defaults, ...s3.options, ...more }
  const done = forward({
    name: 'bucket',
    destination: create(options, { name: 'bucket', folder: join(folder, 's3-bucket') }),
    queues: [queues],
    spool,
    events: events.destination('bucket'),
    signal: ending.signal,
  })
  while (spool.waiting('bucket').lines > 0) await new Promise((resolve) => setTimeout(resolve, 20))
  ending.abort()
  await done
  const found: string[] = []
  for (const key of [...s3.standIn.objects.keys()].sort()) {
    found.push(...(s3.standIn.objects.get(key)?.body.toString().split('\n').slice(0, -1) ?? []))
  }
  t.same(found.toSorted(), lines.toSorted(), 'every line once')
  for (const item of [0, 1, 2]) {
    const ofItem = found.filter((text) => text.includes(`evidence_id=${item} `))
    t.same(
      ofItem,
      lines.filter((text) => text.includes(`evidence_id=${item} `)),
      'in order',
    )
  }
  t.equal(s3.standIn.uploads.size, 0, 'nothing is left unfinished')
  return { s3, log: log() }
}

/** Ill at two requests in a row: the SDK tries once more by itself, and then it is the loop's. */
function now(illness: Illness, isIt = ({ method, key }: Asked) => method === 'PUT' && key !== '') {
  let seen = 0
  return (asked: Asked): Illness | undefined => {
    if (!isIt(asked)) return undefined
    seen += 1
    return seen === 2 || seen === 3 ? illness : undefined
  }
}

for (const illness of [
  'slow-down',
  'forbidden',
  'conflict',
  'reset',
  'slow',
  'answer-lost',
] as const) {
  t.test(`${illness}: every event ends in the bucket once`, async (t) => {
    await through(t, now(illness))
  })
}

/** With lines of half a megabyte: closed by size, of more than one part. */
const inParts = { maxBytes: 9_000_000, maxAge: 2_000 }
const completes = ({ method, query }: Asked) => method === 'POST' && query.has('uploadId')
const isPart = ({ method, query }: Asked) => method === 'PUT' && query.has('uploadId')
for (const [illness, isIt] of [
  ['error-in-200', completes],
  ['answer-lost', completes],
  ['conflict', completes],
  ['slow-down', isPart],
  ['reset', isPart],
] as const) {
  t.test(`${illness} in an upload of parts`, async (t) => {
    const { s3 } = await through(t, now(illness, isIt), inParts, 500_000)
    t.ok(s3.standIn.asked.some(isPart))
  })
}

t.test('parts that could not be taken back are at the next try', async (t) => {
  const isEnd = (asked: Asked) => completes(asked) || asked.method === 'DELETE'
  const { s3 } = await through(t, now('forbidden', isEnd), inParts, 500_000)
  const asked = s3.standIn.asked.filter(
    ({ method, query }) => method === 'GET' && query.has('uploads'),
  )
  t.ok(
    asked.every(({ query }) => query.get('prefix')?.endsWith('.cef')),
    'only those of ours',
  )
  t.ok(asked.length > 0)
})

t.test('an upload whose begin was not heard of is taken back', async (t) => {
  let seen = 0
  const ill = ({ method, query }: Asked): Illness | undefined => {
    if (method !== 'POST' || !query.has('uploads')) return undefined
    seen += 1
    return seen === 1 ? 'answer-lost' : undefined
  }
  await through(t, ill, inParts, 500_000)
  t.ok(seen > 1, 'begun again by the SDK')
})

t.test('both forms, and only one of them is refused for a while', async (t) => {
  for (const illness of ['forbidden', 'slow-down'] as const) {
    let refused = 0
    const s3 = await startStandIn(t, ({ method, key }) => {
      if (method !== 'PUT' || !key.startsWith('siem/json/') || refused === 4) return undefined
      refused += 1
      return illness
    })
    const folder = join(t.testdir(), 's')
    const delivery = recorder()
    const options = { ...defaults, ...s3.options, format: 'both' as const }
    const tries = async () => {
      const feed = new Feed(blockOf(1, [line(1)]))
      feed.end()
      const destination = create(options, { name: 'bucket', folder })
      await destination.deliver(feed, delivery, new AbortController().signal)
    }
    let failures = 0
    while (delivery.receipts.length === 0) {
      await tries().catch(() => {
        failures += 1
        t.same(delivery.receipts, [], 'no receipt before both are there')
      })
    }
    t.ok(failures > 1)
    t.equal(refused, 4)
    const puts = s3.standIn.asked.filter(({ method, key }) => {
      return method === 'PUT' && key.startsWith('siem/cef/')
    })
    t.equal(puts.length, 1, 'the other is sent once')
    t.match([...s3.standIn.objects.keys()], [/^siem\/cef\//, /^siem\/json\//])
    t.equal(s3.standIn.objects.size, 2)
  }
})

t.test('a file that was changed on the disk is made again, and never sent', async (t) => {
  let refused = 0
  const s3 = await startStandIn(t, ({ method, key }) => {
    return method === 'PUT' && key !== '' && ++refused < 2 ? 'forbidden' : undefined
  })
  const folder = join(t.testdir(), 's')
  const write = async () => {
    const feed = new Feed(blockOf(1, [line(1)]))
    feed.end()
    const destination = create({ ...defaults, ...s3.options }, { name: 'bucket', folder })
    await destination.deliver(feed, recorder(), new AbortController().signal)
  }
  await t.rejects(write(), { code: 'forbidden' })
  const [name = ''] = (await readdir(folder)).filter((each) => each.endsWith('.cef'))
  const text = await readFile(join(folder, name), 'utf8')
  await writeFile(join(folder, name), text.replace('eventId=1', 'eventId=9'))
  await write()
  t.same(
    [...s3.standIn.objects.values()].map(({ body }) => body.toString()),
    [text],
  )
})

t.test('bytes that change between check and upload are told', async (t) => {
  const s3 = await startStandIn(t, () => undefined)
  const path = join(t.testdir({ file: 'other' }), 'file')
  const uploader = new Uploader(
    s3.connection,
    { sse: 'none', kmsKey: null },
    'destinations.b',
    new AbortController().signal,
  )
  const object = {
    ...{ key: 'k', file: 'file', contentType: 'x', size: 5 },
    ...{ sha256: 'a', linesSha256: 'b' },
  }
  const message = /^file \(destinations\.b\): its bytes are no longer/
  await t.rejects(uploader.upload(object, path, false), { code: 'write-failed', message })
  t.equal(s3.standIn.objects.size, 0)
})

t.test('a stop does not wait for a service that is silent', async (t) => {
  const s3 = await startStandIn(t, ({ method, key }) => {
    return method === 'PUT' && key !== '' ? 'silent' : undefined
  })
  const abort = new AbortController()
  const delivery = recorder()
  const feed = new Feed(blockOf(1, [line(1)]))
  const context = { name: 'bucket', folder: join(t.testdir(), 's') }
  const destination = create({ ...defaults, ...s3.options }, context)
  const done = destination.deliver(feed, delivery, abort.signal)
  while (!s3.standIn.asked.some(({ method }) => method === 'PUT')) {
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  abort.abort()
  await done
  t.same(delivery.receipts, [])
})

t.test('who may only write is not stopped by what may not be seen', async (t) => {
  const { log } = await through(t, ({ key }) => (key === '' ? 'forbidden' : undefined))
  t.ok(log.some(({ msg }) => /which may not be looked at/.test(msg)))
})

t.test('a service that knows no conditional writes is looked at first', async (t) => {
  const { s3 } = await through(t, ({ headers }) => {
    return headers['if-none-match'] === undefined ? undefined : 'not-implemented'
  })
  t.ok(s3.standIn.asked.some(({ method, key }) => method === 'HEAD' && key !== ''))
})

t.test('encryption is asked for in each upload', async (t) => {
  const { s3 } = await through(t, () => undefined, {
    sse: 'aws:kms',
    kmsKey: 'arn:aws:kms:eu-west-1:1:key/2',
  })
  for (const { headers } of s3.standIn.objects.values()) {
    t.equal(headers['x-amz-server-side-encryption'], 'aws:kms')
    t.equal(headers['x-amz-server-side-encryption-aws-kms-key-id'], 'arn:aws:kms:eu-west-1:1:key/2')
  }
})

t.test('a key that holds something else is never written over', async (t) => {
  const s3 = await startStandIn(t, ({ method, key, headers }) => {
    // Another writer was there a moment before.
    if (method === 'PUT' && !s3.standIn.objects.has(key)) {
      s3.standIn.put(key, Buffer.from('theirs'))
    }
    return headers['x-never'] === undefined ? undefined : 'slow'
  })
  const feed = new Feed(blockOf(1, [line(1)]))
  feed.end()
  const delivery = recorder()
  const context = { name: 'bucket', folder: join(t.testdir(), 's') }
  const done = create({ ...defaults, ...s3.options }, context).deliver(
    feed,
    delivery,
    new AbortController().signal,
  )
  await t.rejects(done, {
    code: 'refused',
    message: /is another object already \(6 bytes.*not the one that is to be written/,
  })
  t.same(delivery.receipts, [])
  t.same(
    [...s3.standIn.objects.values()].map(({ body }) => body.toString()),
    ['theirs'],
  )
})

t.test('failures name what is missing, and no secret', async (t) => {
  for (const [illness, message] of [
    ['forbidden', /needs s3:PutObject; with a KMS key also kms:GenerateDataKey, kms:Decrypt/],
    ['kms', /kms:GenerateDataKey and kms:Decrypt/],
    ['slow-down', /asks for less/],
  ] as const) {
    const s3 = await startStandIn(t, ({ key }) => (key === '' ? undefined : illness))
    const feed = new Feed(blockOf(1, [line(1)]))
    feed.end()
    const context = { name: 'bucket', folder: join(t.testdir(), illness) }
    const destination = create({ ...defaults, ...s3.options }, context)
    const thrown: unknown = await destination
      .deliver(feed, recorder(), new AbortController().signal)
      .catch((caught: unknown) => caught)
    if (!isCeflineError(thrown)) throw thrown
    t.match(thrown.message, message)
    t.notMatch(`${thrown.message} ${JSON.stringify(thrown)}`, /not-a-secret/)
  }
})
