import t from 'tap'
import type { Batch } from '../../../src/core.ts'
import { error } from '../../../src/error.ts'
import { unpackLines } from '../../../src/io/lines.ts'
import type { Opened } from '../../../src/s3/bucket.ts'
import { ReadObjects, versionId } from '../../../src/s3/read-objects.ts'
import { ObjectReader } from '../../../src/sources/s3/object-reader.ts'
import { evidenceOf } from '../../../src/sources/s3/object-reading.ts'
import type { ObjectReading } from '../../../src/sources/s3/object-reading.ts'
import { line, textOf } from './world.ts'

const reading: ObjectReading = {
  timezone: 'UTC',
  format: 'auto',
  profile: 'cado',
  severity: 'alarm',
  evidence: null,
  after: 'keep',
  bucket: 'b',
  prefix: 'siem/',
}
const { signal } = new AbortController()

/** Objects by key, or why there is none. */
class World {
  readonly objects = new Map<string, string | Error>()
  readonly deleted: string[] = []
  readonly batches: Batch[] = []
  readonly reader: ObjectReader
  deleting: Error | undefined
  opens = 0

  constructor(more: Partial<ObjectReading> = {}) {
    const read = new ReadObjects(undefined, 'b', 0)
    const bucket = {
      open: async (key: string) => this.#open(key),
      delete: async ({ key }: { key: string }) => {
        if (this.deleting) throw this.deleting
        this.deleted.push(key)
        return this.objects.delete(key)
      },
      urlOf: (key: string) => `s3://b/${key}`,
    }
    this.reader = new ObjectReader(bucket, read, () => false, { ...reading, ...more }, signal)
  }

  async read(key: string, etag = 'v1', modified = 5): Promise<void> {
    const object = { key, etag, modified }
    if (this.reader.isDone(object)) return
    await this.#collect(this.reader.object(object))
  }

  async flush(): Promise<void> {
    await this.#collect(this.reader.flush())
  }

  lines(): string[] {
    return this.batches.flatMap(({ lines }) => unpackLines(lines.bytes).map(({ cef }) => cef))
  }

  codes(): string[] {
    return this.batches.flatMap(({ notices = [] }) => notices.map(({ code }) => code))
  }

  async #collect(batches: AsyncIterable<Batch>): Promise<void> {
    for await (const batch of batches) {
      // A batch's bytes are good until the next one.
      const { lines } = batch
      this.batches.push({ ...batch, lines: { ...lines, bytes: Buffer.from(lines.bytes) } })
    }
  }

  #open(key: string): Opened | 'gone' | 'archived' {
    this.opens += 1
    const object = this.objects.get(key)
    if (object instanceof Error) throw object
    if (object === undefined) return 'gone'
    if (object === 'archived') return 'archived'
    const chunks = async function* () {
      const [text = '', ...more] = object.split('CUT')
      yield Buffer.from(text)
      if (more.length > 0) throw error('lost', 'cut')
    }
    const etag = 'v1'
    const sizes = { size: object.length, modified: 5, given: () => 0, discard: () => {} }
    return { key, etag, chunks: chunks(), ...sizes }
  }
}

t.test('rows of several objects in one batch, with what is to be remembered', async (t) => {
  const world = new World()
  world.objects.set('a', textOf([line('one')])).set('b', textOf([line('two')]))
  await world.read('a')
  await world.read('b')
  await world.read('a')
  t.equal(world.opens, 2, 'what is in hand is not read again')
  t.equal(world.batches.length, 0)
  await world.flush()
  t.same(world.lines(), [line('one'), line('two')])
  t.equal(world.batches[0]?.remember?.length, 32)
  t.ok(world.batches[0]?.checkpoint)
  await world.flush()
  t.equal(world.batches[1]?.checkpoint, undefined)
})

t.test('one that is cut off: what was in hand is given first', async (t) => {
  const rows = Array.from({ length: 1_000 }, (_, index) => line(`row ${index}`))
  const world = new World()
  world.objects.set('a', textOf([line('one')])).set('b', `${textOf(rows)}CEF:0|halfCUT`)
  await world.read('a')
  await t.rejects(world.read('b'), { code: 'lost' })
  t.same(world.lines(), [line('one'), ...rows], 'whole rows only')
  t.equal(world.batches[0]?.remember?.length, 16, 'and the second one is not done')
  world.objects.set('b', textOf([...rows, line('last')]))
  await world.read('b')
  await world.flush()
  t.same(world.lines().slice(1_001), [...rows, line('last')], 'from its beginning')
})

t.test('one that cannot be opened holds up nothing that is in hand', async (t) => {
  const world = new World()
  world.objects.set('a', textOf([line('one')])).set('b', error('server', 'always'))
  await world.read('a')
  await t.rejects(world.read('b'), { code: 'server' })
  t.same(world.lines(), [line('one')])
  t.equal(world.batches[0]?.remember?.length, 16)
})

t.test('what fails again and again gives no batches that would pass for work', async (t) => {
  const world = new World()
  world.objects.set('b', error('server', 'always'))
  await t.rejects(world.read('b'), { code: 'server' })
  const { length } = world.batches
  await t.rejects(world.read('b'), { code: 'server' })
  t.equal(world.batches.length, length)
})

t.test('a folder in which every event is twice is said, once', async (t) => {
  const world = new World()
  const name = '20261122T131500.123Z_2-web_cado_1.1-2.2'
  const keys = [`siem/cef/${name}.cef`, `siem/json/${name}.json.gz`, `siem/json/${name}x.json.gz`]
  for (const key of keys) world.objects.set(key, textOf([line(key)]))
  for (const key of keys) await world.read(key)
  await world.flush()
  t.same(
    world.codes().filter((code) => code === 's3-both-forms'),
    ['s3-both-forms'],
  )
})

t.test('one in an archive is said once, and passed over', async (t) => {
  const world = new World()
  world.objects.set('a', 'archived')
  await world.read('a')
  await world.read('a')
  await world.read('gone')
  await world.flush()
  t.same(world.codes(), ['s3-archived', 's3-gone'])
})

t.test('one whose list says another version is not opened for ever', async (t) => {
  const world = new World()
  world.objects.set('a', textOf([line('one')]))
  await world.read('a', 'as the list says')
  await world.read('a', 'as the list says')
  await world.read('a', 'v1')
  t.equal(world.opens, 1)
})

t.test(
  'a version that was listed, and replaced before it was read, is read when it is back',
  async (t) => {
    const world = new World()
    world.objects.set('a', textOf([line('new')]))
    await world.read('a', 'v0', 5_000)
    t.notOk(world.reader.isDone({ key: 'a', etag: 'v0' }))
    t.ok(world.reader.isDone({ key: 'a', etag: 'v1' }))
  },
)

t.test('what has rejects never becomes one that may be deleted', async (t) => {
  const world = new World()
  world.objects.set('a', textOf([line('one'), 'CEF:no']))
  await world.read('a')
  await world.read('a', '')
  await world.flush()
  const remembered = world.batches.map(({ remember }) => remember?.toString() ?? '').join('')
  const read = versionId('b', { key: 'a', etag: 'v1' }, 'read').toString()
  t.equal(world.opens, 2)
  t.notOk(remembered.includes(read))
})

t.test('nothing is deleted before it is durable; one that failed is tried later', async (t) => {
  const world = new World({ after: 'delete' })
  for (const key of ['a', 'b', 'c']) world.objects.set(key, textOf([line(key)]))
  await world.read('a')
  t.same(world.deleted, [])
  await world.flush()
  t.same(world.deleted, ['a'])
  world.deleting = error('forbidden', 'needs s3:DeleteObject')
  await world.read('b')
  await world.read('c')
  await world.flush()
  world.deleting = undefined
  await world.read('b')
  await world.flush()
  t.same(world.deleted, ['a'])
  t.same(
    world.codes().filter((code) => code === 's3-not-deleted'),
    ['s3-not-deleted'],
  )
})

t.test('whose evidence it is', async (t) => {
  const of = (name: string, more: Partial<ObjectReading> = {}) =>
    evidenceOf(name, { ...reading, ...more })
  t.equal(of('siem/host1/l2t.csv.gz'), 'host1/l2t')
  t.equal(of('other/l2t.csv'), 'other/l2t')
  t.equal(of('siem/a.csv', { evidence: 'disk 1' }), 'disk 1')
})
