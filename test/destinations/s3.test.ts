import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { Block } from '../../src/core.ts'
import { create } from '../../src/destinations/s3.ts'
import type { Options } from '../../src/destinations/s3.ts'
import { blockOf, cefLine, Feed, recorder } from '../helpers/sink.ts'
import { s3Defaults, startS3 } from '../helpers/versitygw.ts'
import type { S3Service } from '../helpers/versitygw.ts'

const live = () => new AbortController().signal

const defaults: Options = {
  ...s3Defaults,
  format: 'cef',
  gzip: true,
  maxBytes: 64_000_000,
  maxAge: 300_000,
  sse: 'none',
  kmsKey: null,
}

/** A line of Cado's, of an evidence item. */
function cadoLine(evidence: number, event: number, more = 'x'): string {
  return (
    'CEF:0|CadoSecurity|CadoResponse|1.0.2|0|Content Modification Time|1|' +
    `alarm=False evidence_id=${evidence} evidence_name=disk ${evidence}.dd macb=M... ` +
    `eventTime=1595194940 eventId=${event} msg=${more}`
  )
}

async function deliver(
  s3: S3Service,
  folder: string,
  blocks: Block[],
  more: Partial<Options> = {},
) {
  const delivery = recorder()
  const feed = new Feed(...blocks)
  feed.end()
  const options = { ...defaults, ...s3.options, ...more }
  await create(options, { name: 'bucket', folder }).deliver(feed, delivery, live())
  return delivery
}

async function allLines(s3: S3Service, prefix = 'siem/'): Promise<string[]> {
  const lines = []
  for (const key of await s3.keys(prefix)) lines.push(...(await s3.lines(key)))
  return lines
}

t.test('a series for each evidence item, its lines in order', async (t) => {
  const s3 = await startS3(t)
  const folder = join(t.testdir(), 's3-bucket')
  const first = [cadoLine(1, 1), cadoLine(2, 2), cadoLine(1, 3)]
  const second = [cefLine(4), cadoLine(2, 5)]
  const blocks = [blockOf(1, first), blockOf(2, second)]
  const { receipts, proofs, connections, notices } = await deliver(s3, folder, blocks)
  const keys = await s3.keys()
  t.equal(keys.length, 3)
  t.match(
    keys[0],
    /^siem\/\d{8}T\d{6}\.\d{3}Z_1-disk-1\.dd_alerts_0{11}1\.0{6}1-0{11}1\.0{6}3\.cef\.gz$/,
  )
  t.match(keys[1], /_2-disk-2\.dd_alerts_0{11}1\.0{6}2-0{11}2\.0{6}2\.cef\.gz$/)
  t.match(keys[2], /_alerts_alerts_0{11}2\.0{6}1-0{11}2\.0{6}1\.cef\.gz$/)
  t.same(await s3.lines(keys[0] ?? ''), [first[0], first[2]])
  t.same(await s3.lines(keys[1] ?? ''), [first[1], second[1]])
  t.equal(receipts.at(-1), 2)
  t.same(proofs, ['stored'])
  t.match(connections[0], /^s3:\/\/timelines at http/)
  t.same(notices, [])
  const left = await readdir(folder)
  t.ok(
    left.every((name) => /\.stored$|^origins\.json$/.test(name)),
    'no draft and no object is left',
  )
})

t.test('an object says what it is', async (t) => {
  const s3 = await startS3(t)
  const { client, sdk, bucket } = s3.connection
  await deliver(s3, join(t.testdir(), 's'), [blockOf(1, [cadoLine(1, 1)])], { format: 'both' })
  const [cef = '', json = ''] = await s3.keys()
  t.match(cef, /^siem\/cef\/.*\.cef\.gz$/)
  t.match(json, /^siem\/json\/.*\.json\.gz$/)
  const head = await client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: cef }))
  t.equal(head.ContentType, 'text/plain; charset=utf-8')
  t.equal(head.ContentEncoding, undefined)
  const digest = createHash('sha256')
    .update(`${cadoLine(1, 1)}\n`)
    .digest('hex')
  t.equal(head.Metadata?.['lines-sha256'], digest)
  t.equal(
    head.Metadata?.['object-sha256'],
    createHash('sha256')
      .update(await s3.get(cef))
      .digest('hex'),
  )
  const other = await client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: json }))
  t.equal(other.ContentType, 'application/x-ndjson')
  const [line = ''] = await s3.lines(json)
  t.match(JSON.parse(line), { evidence_id: 1, eventTime: 1595194940 })
})

t.test(
  'objects are closed by size, names only grow, big ones go in parts',

  async (t) => {
    const s3 = await startS3(t)
    const blocks: Block[] = []
    for (let sequence = 1; sequence <= 60; sequence += 1) {
      const lines = Array.from({ length: 100 }, (_, index) => {
        return cadoLine(1, sequence * 100 + index, 'y'.repeat(5_000))
      })
      blocks.push(blockOf(sequence, lines))
    }
    const options = { gzip: false, maxBytes: 20_000_000 }
    const { receipts } = await deliver(s3, join(t.testdir(), 's'), blocks, options)
    t.equal(receipts.at(-1), 60)
    const keys = await s3.keys()
    t.equal(keys.length, 2)
    const { client, sdk, bucket } = s3.connection
    const head = await client.send(
      new sdk.HeadObjectCommand({ Bucket: bucket, Key: keys[0] ?? '' }),
    )
    t.match(head.ETag, /-3"$/, 'three parts')
    const lines = await allLines(s3)
    t.equal(lines.length, 6_000)
    t.same(new Set(lines).size, 6_000)
    const list = new sdk.ListMultipartUploadsCommand({ Bucket: bucket })
    t.same((await client.send(list)).Uploads ?? [], [], 'nothing is left unfinished')
  },
)

t.test('lines that come again are left out, those after them are not', async (t) => {
  const s3 = await startS3(t)
  const folder = join(t.testdir(), 's')
  const one = blockOf(1, [cadoLine(1, 1), cadoLine(2, 2)])
  const two = blockOf(2, [cadoLine(1, 3), cadoLine(2, 4)])
  await deliver(s3, folder, [one])
  const { receipts } = await deliver(s3, folder, [one, two])
  t.same(receipts.at(-1), 2)
  t.same(
    (await allLines(s3)).sort(),
    [1, 3]
      .map((n) => cadoLine(1, n))
      .concat([2, 4].map((n) => cadoLine(2, n)))
      .sort(),
  )
})

t.test('parts of a block have the numbers of its lines', async (t) => {
  const s3 = await startS3(t)
  const folder = join(t.testdir(), 's')
  const part = (lines: string[], upTo: number) => ({ ...blockOf(7, lines), upTo })
  await deliver(s3, folder, [part([cadoLine(1, 1), cadoLine(1, 2)], 2)])
  await deliver(s3, folder, [part([cadoLine(1, 3)], 3)])
  await deliver(s3, folder, [
    blockOf(
      7,
      [1, 2, 3, 4].map((n) => cadoLine(1, n)),
    ),
  ])
  t.same(
    await allLines(s3),
    [1, 2, 3, 4].map((n) => cadoLine(1, n)),
  )
  const keys = await s3.keys()
  t.match(keys[2], /7\.0{6}4-0{11}7\.0{6}4\.cef/)
})

t.test(
  'another spool: its numbers begin anew, and nothing of it is left out',

  async (t) => {
    const s3 = await startS3(t)
    const folder = join(t.testdir(), 's')
    await deliver(s3, folder, [blockOf(5, [cadoLine(1, 1)]), blockOf(6, [cadoLine(1, 2)])])
    const { notices } = await deliver(s3, folder, [blockOf(1, [cadoLine(1, 3)])])
    t.match(notices, [{ code: 's3-other-spool' }])
    const same = await deliver(s3, folder, [blockOf(1, [cadoLine(1, 4)])])
    t.match(same.notices, [{ code: 's3-other-spool' }], 'the same number, another line')
    t.equal((await allLines(s3)).length, 4)
  },
)

t.test('another spool that begins with the same line: nothing is lost', async (t) => {
  const s3 = await startS3(t)
  const folder = join(t.testdir(), 's')
  const lines = (...numbers: number[]) => numbers.map((n) => cadoLine(1, n))
  await deliver(s3, folder, [blockOf(1, lines(1, 2)), blockOf(2, lines(3))])
  const blocks = [blockOf(1, lines(1)), blockOf(2, lines(4))]
  await t.rejects(deliver(s3, folder, blocks), { code: 'lost', message: /another spool/ })
  const { receipts } = await deliver(s3, folder, blocks)
  t.equal(receipts.at(-1), 2)
  t.same(await allLines(s3), lines(1, 2, 3, 1, 4))
  const shorter = [blockOf(1, lines(1)), blockOf(3, lines(5))]
  await t.rejects(deliver(s3, folder, shorter), /another spool/, 'the last one never came')
})

t.test('old drafts are closed while no block comes', async (t) => {
  const s3 = await startS3(t)
  const delivery = recorder()
  const abort = new AbortController()
  const feed = new Feed(blockOf(1, [cadoLine(1, 1)]))
  const options = { ...defaults, ...s3.options, maxAge: 50 }
  const context = { name: 'bucket', folder: join(t.testdir(), 's') }
  const done = create(options, context).deliver(feed, delivery, abort.signal)
  await delivery.received(1)
  abort.abort()
  await done
  t.equal((await allLines(s3)).length, 1)
})

t.test('a stop leaves what is open, and it comes again', async (t) => {
  const s3 = await startS3(t)
  const folder = join(t.testdir(), 's')
  const abort = new AbortController()
  const delivery = recorder()
  const block = blockOf(1, [cadoLine(1, 1)])
  const done = create({ ...defaults, ...s3.options }, { name: 'bucket', folder }).deliver(
    new Feed(block),
    delivery,
    abort.signal,
  )
  setTimeout(() => abort.abort(), 500)
  await done
  t.same(delivery.receipts, [])
  t.same(await s3.keys(), [])
  await deliver(s3, folder, [block])
  t.same(await allLines(s3), [cadoLine(1, 1)])
})

t.test('check says what it saw', async (t) => {
  const s3 = await startS3(t)
  const steps = async (more: Partial<Options>, connect = true) => {
    const options = { ...defaults, ...s3.options, ...more }
    const seen = []
    const folder = join(t.testdir(), 's')
    for await (const step of create(options, { name: 'b', folder }).check(live(), connect))
      seen.push(step)
    return seen
  }
  t.match(await steps({}), [
    { name: 's3', ok: true },
    { name: 'credentials', ok: true, detail: 'access key cefline-test' },
    { name: 'bucket', ok: true, detail: /s3:PutObject/ },
  ])
  t.match(await steps({}, false), [{ name: 's3', ok: true }])
  const secret = process.env['AWS_SECRET_ACCESS_KEY']
  process.env['AWS_SECRET_ACCESS_KEY'] = 'guessed'
  const detail = /keys are not accepted \(SignatureDoesNotMatch\)/
  t.match((await steps({})).at(-1), { ok: false, detail }, 'a wrong secret is told')
  process.env['AWS_SECRET_ACCESS_KEY'] = secret
  t.match((await steps({ bucket: 'another' })).at(-1), { ok: false, detail: /another.*bucket/ })
  t.match((await steps({ endpoint: 'http://127.0.0.1:1' })).at(-1), {
    ok: false,
    detail: /ECONNREFUSED/,
  })
  t.match((await steps({ tls: { ca: '/not/there.pem' } })).at(-1), { ok: false, detail: /tls\.ca/ })
})

t.test('what cannot be is told at once', async (t) => {
  const make = (more: Partial<Options>) => () => create({ ...defaults, ...more }, { name: 'b' })
  t.throws(make({ bucket: 's3://x/y' }), /destinations\.b\.bucket/)
  t.throws(make({ folder: 'a b' }), /folder is “a b”/)
  t.throws(make({ endpoint: 'https://u:p@x.example.com' }), { message: /^(?!.*u:p).*endpoint/ })
  t.throws(make({ kmsKey: 'arn:x' }), /kmsKey is set but/)
  t.throws(make({ externalId: 'x' }), /externalId is set but/)
  t.throws(make({ proxy: 'http://p:1', endpoint: 'http://x' }), /proxy cannot be used/)
  t.throws(make({ proxy: 'http://u:50%@p:1' }), { message: /^(?!.*50%@).*proxy cannot.*%25/ })
  const destination = make({ format: 'json' })()
  t.match(destination.frame(cadoLine(1, 2), 0, 0).toString(), /^\{.*"evidence_id":1.*\}\n$/)
  t.equal(make({})().frame('CEF:0|a', 0, 0).toString(), 'CEF:0|a\n')
  await destination.close()
})
