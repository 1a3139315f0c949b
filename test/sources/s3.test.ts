import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import type { Test } from 'tap'
import type { Block, CheckStep, Delivery } from '../../src/core.ts'
import { LinePacker } from '../../src/io/lines.ts'
import * as destination from '../../src/destinations/s3.ts'
import type { Options } from '../../src/sources/s3.ts'
import { program } from '../helpers/root.ts'
import { s3Defaults, startS3 } from '../helpers/versitygw.ts'
import type { S3Service } from '../helpers/versitygw.ts'
import { line, ObjectRun, objectOptions, openObjectSpool, put, textOf } from './s3/world.ts'

const test = (name: string, work: (t: Test, s3: S3Service) => Promise<void>) =>
  t.test(name, async (t) => work(t, await startS3(t)))

async function started(t: Test, s3: S3Service, more: Partial<Options> = {}) {
  const spool = await openObjectSpool(t.testdir())
  const run = new ObjectRun(spool, objectOptions(s3.options, more))
  t.teardown(async () => {
    await run.stop()
    await spool.close()
  })
  return run
}

/** Two rounds after now have found nothing. */
async function quiet(run: ObjectRun): Promise<void> {
  await sleep(10 * run.options.interval)
}

test('objects of a folder become their lines, in the order of keys', async (t, s3) => {
  await put(s3, 'siem/b.cef', textOf([line('third'), line('fourth')]))
  await put(s3, 'siem/a b+ü/1.cef.gz', gzipSync(textOf([line('first'), line('second')])))
  await put(s3, 'siem/folder/', '')
  await put(s3, 'siem/empty.cef', '')
  await put(s3, 'other/a.cef', textOf([line('no')]))
  const run = await started(t, s3)
  const expected = ['first', 'second', 'third', 'fourth'].map((text) => line(text))
  await run.until(() => run.lines().length >= 4)
  t.same(run.lines(), expected)
  await quiet(run)
  t.same(run.lines(), expected, 'nothing is read again')
  t.same(run.ledger(), { read: 4, spooled: 4, alreadyGiven: 0, rejected: 0, ignored: 0 })
})

test('a late key, below those that were read, and one that is written anew', async (t, s3) => {
  await put(s3, 'siem/m.cef', textOf([line('one'), line('two')]))
  const run = await started(t, s3)
  await run.until(() => run.lines().length === 2)
  await put(s3, 'siem/a.cef', textOf([line('late')]))
  await run.until(() => run.lines().length === 3)
  await put(s3, 'siem/m.cef', textOf([line('one'), line('two'), line('new')]))
  await run.until(() => run.lines().length === 4)
  await quiet(run)
  t.same(
    run.lines(),
    ['one', 'two', 'late', 'new'].map((text) => line(text)),
  )
  t.equal(run.ledger()?.alreadyGiven, 2)
})

test('lines that are alike: events of their objects, unless they have an id', async (t, s3) => {
  await put(s3, 'siem/a.cef', textOf([line('x'), line('x'), line('y', 'id1')]))
  await put(s3, 'siem/b.cef', textOf([line('x'), line('y', 'id1')]))
  const run = await started(t, s3)
  await run.until(() => run.ledger()?.read === 5)
  t.same(run.lines(), [line('x'), line('x'), line('y', 'id1'), line('x')])
})

test('it goes on where it was, in a new process', async (t, s3) => {
  const spool = await openObjectSpool(t.testdir())
  t.teardown(() => spool.close())
  const options = objectOptions(s3.options)
  await put(s3, 'siem/1.cef', textOf([line('one')]))
  const first = new ObjectRun(spool, options)
  await first.until(() => first.lines().length === 1)
  await first.stop()
  await put(s3, 'siem/0.cef', textOf([line('two')]))
  const second = new ObjectRun(spool, options)
  await second.until(() => second.lines().length === 2)
  await quiet(second)
  await second.stop()
  t.equal(second.ledger()?.alreadyGiven, 0, 'what was read is not read again')
})

test('a first start finds what is not older than `since`; `suffix`', async (t, s3) => {
  await put(s3, 'siem/old.cef', textOf([line('old')]))
  await sleep(1_100)
  const since = Date.now()
  await sleep(1_100)
  await put(s3, 'siem/new.cef', textOf([line('new')]))
  await put(s3, 'siem/new.json', '{"evidence_id": 1}\n')
  const run = await started(t, s3, { since: Date.now() - since, suffix: '.cef' })
  await run.until(() => run.lines().length === 1)
  await quiet(run)
  t.same(run.lines(), [line('new')])
})

test('after: delete', async (t, s3) => {
  await put(s3, 'siem/good.cef', textOf([line('good')]))
  await put(s3, 'siem/half.cef', textOf([line('good too'), 'CEF:no']))
  const run = await started(t, s3, { after: 'delete' })
  await run.until(async () => (await s3.keys()).length === 1)
  await run.until(() => run.said('stays in the bucket, as 1 of its rows were rejected'))
  t.same(await s3.keys(), ['siem/half.cef'], 'what has rejects stays')
  t.same(run.lines(), [line('good'), line('good too')])
  t.equal(run.rejects().length, 1)
  t.equal(run.rejects()[0]?.origin, 'siem/half.cef')
})

test('an object that cannot be read is set aside, and the others are read', async (t, s3) => {
  await put(s3, 'siem/a.bin', Buffer.alloc(2_000, 0xee))
  await put(s3, 'siem/b.cef', textOf([line('good')]))
  const run = await started(t, s3)
  await run.until(() => run.lines().length === 1)
  await quiet(run)
  t.equal(run.rejects().length, 1)
  const [reject] = run.rejects()
  t.match(reject?.origin, 'siem/a.bin')
  t.ok(run.said('s3://timelines/siem/a.bin could not be read'))
  const refused: unknown = await run
    .source()
    .remap(reject as never)
    .catch((thrown: unknown) => thrown)
  t.match(refused, { permanent: true, message: /is an object, not a row/ })
})

test('timelines, and CadoJson as our destination writes it', async (t, s3) => {
  const event = { source: 'FILE', type: 'Creation Time', eventTime: 1595194940, filePath: '/a' }
  await put(s3, 'siem/host1/l.json', `${JSON.stringify(event)}\n`)
  await put(s3, 'siem/host2/l.json', `${JSON.stringify(event)}\n`)
  const run = await started(t, s3)
  await run.until(() => run.ledger()?.read === 2)
  const [first, second] = run.lines()
  t.match(first, 'evidence_name=host1/l')
  t.match(second, 'evidence_name=host2/l', 'two folders are two pieces of evidence')
})

test('what the destination wrote is read back', async (t, s3) => {
  const lines = Array.from({ length: 5_000 }, (_, index) => line(`number ${index}`, `id${index}`))
  await deliver(s3, lines, t.testdir({}))
  const run = await started(t, s3)
  await run.until(() => run.lines().length === lines.length)
  await quiet(run)
  t.same(run.lines(), lines)
})

test('check', async (t, s3) => {
  const run = await started(t, s3)
  const checked = async (options: Partial<Options> = {}) => {
    const steps: CheckStep[] = []
    run.options.folder = options.folder ?? 'siem'
    run.options.bucket = options.bucket ?? s3.bucket
    const source = run.source()
    for await (const step of source.check(undefined, AbortSignal.timeout(10_000), true)) {
      steps.push(step)
    }
    return steps
  }
  t.match((await checked()).at(-1), {
    name: 'bucket',
    ok: true,
    detail: /nothing is in folder “siem\/”/,
  })
  t.match((await checked({ folder: '/data' })).at(-1)?.detail, 'begins with a slash')
  await put(s3, 'siem/x.cef', textOf([line('x')]))
  t.match((await checked()).at(-1)?.detail, 'the first object is siem/x.cef')
  const name = '20261122T131500.123Z_2-web_cado_1.1-2.2'
  await put(s3, `siem/cef/${name}.cef`, textOf([line('x')]))
  await put(s3, `siem/json/${name}.json`, '{}')
  t.match((await checked()).at(-1), { name: 'bucket', ok: false, detail: /comes twice.*suffix/ })
  run.options.suffix = '.cef'
  t.match((await checked()).at(-1), { ok: true })
  t.match((await checked({ bucket: 'nobody-has-it' })).at(-1), {
    ok: false,
    detail: /no such bucket/,
  })
})

test('killed in the middle of an object: every line once', async (t, s3) => {
  const lines = Array.from({ length: 40_000 }, (_, index) => line(`row ${index % 7} of ${index}`))
  await put(s3, 'siem/a.cef.gz', gzipSync(textOf(lines.slice(0, 10))))
  await put(s3, 'siem/b.cef.gz', gzipSync(textOf(lines.slice(10))))
  const folder = await mkdtemp(join(tmpdir(), 'cefline-s3-source-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  for (let kills = 0; kills < 2; kills += 1) {
    const child = spawn(process.execPath, [...program('sources/s3/reading'), folder, s3.endpoint], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    child.stdout.setEncoding('utf8')
    let text = ''
    const want = kills === 0 ? 3_000 : 15_000
    child.stdout.on('data', (chunk: string) => {
      text += chunk
      if (Number(text.trim().split('\n').at(-1)) >= want) child.kill('SIGKILL')
    })
    const [, signal] = (await once(child, 'close')) as [number | null, string | null]
    t.equal(signal, 'SIGKILL', 'it was killed')
  }
  const spool = await openObjectSpool(folder)
  const run = new ObjectRun(spool, objectOptions(s3.options))
  await run.until(() => run.lines().length >= lines.length)
  await quiet(run)
  await run.stop()
  t.same(run.lines(), lines)
  await spool.close()
})

test('a connection lost in the middle of an object', async (t, s3) => {
  const lines = Array.from({ length: 30_000 }, (_, index) => line(`row ${index}`))
  await put(s3, 'siem/a.cef', textOf(lines.slice(0, 10)))
  await put(s3, 'siem/b.cef', textOf(lines.slice(10)))
  const { endpoint, cuts } = await cuttingProxy(t, s3.endpoint, [700_000, 1_500_000])
  const run = await started(t, s3, { endpoint })
  await run.until(() => run.lines().length >= lines.length)
  await quiet(run)
  t.same(run.lines(), lines)
  t.equal(cuts(), 2, 'it was cut')
  t.ok(run.said(/s3:\/\/timelines\/siem\/b\.cef \(sources\.bucket\): /))
})

t.test('options that cannot be used', async (t) => {
  const context = { name: 'bucket', remembers: () => false }
  const { create } = await import('../../src/sources/s3.ts')
  const throws = (more: Partial<Options>, message: RegExp) =>
    t.throws(() => create(objectOptions(s3Defaults, more), context), { code: 'config', message })
  throws({ bucket: 's3://x/y' }, /sources\.bucket\.bucket/)
  throws({ queue: 'my-queue' }, /sources\.bucket\.queue is no url of a queue/)
  throws({ queue: 'https://sqs.eu-west-1.amazonaws.com/1/q.fifo' }, /FIFO/)
})

/** Sends lines by the destination `s3`, to its end. */
async function deliver(s3: S3Service, lines: string[], folder: string): Promise<void> {
  const defaults = Object.fromEntries(
    Object.entries(destination.schema).map(([key, option]) => [
      key,
      'default' in option ? option.default : undefined,
    ]),
  )
  const options = {
    ...(defaults as unknown as destination.Options),
    ...s3.options,
    maxBytes: 100_000,
  }
  const made = destination.create(options, { name: 'bucket', folder })
  const packer = new LinePacker()
  for (const each of lines) packer.add(each, 0, 1, Buffer.alloc(16))
  const { count, bytes } = packer.take()
  const blocks = async function* (): AsyncGenerator<Block> {
    yield { queue: 'timelines', sequence: 1, count, lines: bytes }
  }
  const nothing = () => {}
  const delivery: Delivery = {
    ...{ proof: nothing, receipt: nothing, reject: nothing, connected: nothing, notice: nothing },
  }
  await made.deliver(blocks(), delivery, new AbortController().signal)
}

/** Forwards connections, and cuts the first ones after so many bytes of answers. */
async function cuttingProxy(t: Test, target: string, after: number[]) {
  const { port } = new URL(target)
  let cuts = 0
  const server = createServer((socket) => {
    const upstream = connect(Number(port), '127.0.0.1')
    let given = 0
    upstream.on('data', (chunk: Buffer) => {
      given += chunk.length
      const [most] = after
      if (most !== undefined && given > most) {
        after.shift()
        cuts += 1
        socket.resetAndDestroy()
        upstream.destroy()
      } else socket.write(chunk)
    })
    socket.pipe(upstream)
    for (const each of [socket, upstream]) each.on('error', () => {})
    upstream.on('end', () => socket.end())
    socket.on('close', () => upstream.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => void server.close())
  const { port: own } = server.address() as AddressInfo
  return { endpoint: `http://127.0.0.1:${own}`, cuts: () => cuts }
}
