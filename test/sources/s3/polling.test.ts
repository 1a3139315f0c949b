import t from 'tap'
import type { Batch } from '../../../src/core.ts'
import type { Code } from '../../../src/error.ts'
import { error } from '../../../src/error.ts'
import { noLines } from '../../../src/io/lines.ts'
import type { Listed, ObjectVersion, Page } from '../../../src/s3/bucket.ts'
import { ReadObjects, versionId } from '../../../src/s3/read-objects.ts'
import { Polling } from '../../../src/sources/s3/polling.ts'
import { Stuck } from '../../../src/sources/s3/stuck.ts'

const nothing: Batch = { read: 0, lines: noLines, rejects: [], ignored: 0 }
const idOf = (object: ObjectVersion) => versionId('b', object, 'read')

/** A bucket, and a reader that only notes what it is given. */
class World {
  readonly objects = new Map<string, Listed>()
  readonly given: string[] = []
  readonly starts: string[] = []
  readonly read: ReadObjects
  readonly forbidden = new Set<string>()
  refusal: Code = 'forbidden'
  readonly stuck = new Stuck()
  interval = 1
  pageSize = 1_000
  failure: Error | undefined

  constructor(checkpoint?: string) {
    this.read = new ReadObjects(checkpoint, 'b', 0)
  }

  put(...keys: string[]): void {
    for (const key of keys) {
      this.objects.set(key, { key, etag: 'e', size: 1, modified: Date.now() })
    }
  }

  /** Runs rounds; the work of a round is done when the one before has ended. */
  async rounds(...works: (() => void)[]): Promise<void> {
    const abort = new AbortController()
    const polling = new Polling(
      { list: async (_prefix, after) => this.#list(after), now: () => Date.now() },
      this.read,
      {
        isDone: (object) => this.read.knows(idOf(object)),
        object: (object) => this.#object(object),
        flush: async function* () {
          yield nothing
        },
      },
      { prefix: '', suffix: '', interval: this.interval, stuck: this.stuck },
    )
    for await (const batch of polling.batches(abort.signal)) {
      const work = works.shift()
      if (!work) return
      work()
      if (batch !== nothing) throw new Error('no other')
    }
  }

  #list(after: string): Page {
    this.starts.push(after)
    const keys = [...this.objects.keys()].sort().filter((key) => key > after)
    const objects = keys.slice(0, this.pageSize).flatMap((key) => this.objects.get(key) ?? [])
    return { objects, isTruncated: keys.length > this.pageSize }
  }

  async *#object(object: ObjectVersion & { modified?: number }): AsyncGenerator<Batch, void> {
    if (this.failure) throw this.failure
    if (this.forbidden.has(object.key)) throw error(this.refusal, object.key)
    this.given.push(object.key)
    this.read.add(idOf(object), { modified: object.modified ?? 0 })
  }
}

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `k${String(from + index).padStart(6, '0')}`)

t.test('a short folder is listed whole', async (t) => {
  const world = new World()
  world.pageSize = 3
  world.put(...numbered(1, 8))
  await world.rounds(
    () => world.put('a', 'z'),
    () => {},
  )
  t.same(world.given, [...numbered(1, 8), 'a', 'z'])
  t.same(world.starts, [
    '',
    'k000003',
    'k000006',
    '',
    'k000002',
    'k000005',
    '',
    'k000002',
    'k000005',
  ])
})

t.test('of a long one the last keys, and a key that comes among them', async (t) => {
  const world = new World()
  const keys = numbered(0, 10_001)
  world.put(...keys)
  await world.rounds(() => {
    world.starts.length = 0
    world.put('k009500b', 'k010001', 'early')
  })
  t.same(world.starts, ['k009101'])
  t.same(world.given.slice(keys.length), ['k009500b', 'k010001'])
  t.notOk(world.given.includes('early'), 'that is for the list of the whole')
  const next = new World(world.read.write())
  for (const [key, object] of world.objects) next.objects.set(key, object)
  next.starts.length = 0
  await next.rounds()
  t.equal(next.starts[0], '', 'the first list is one of the whole')
  t.ok(next.given.includes('early'))
})

t.test('a pass goes on after the key it came to', async (t) => {
  const world = new World()
  world.put('a', 'b', 'c')
  world.read.beginPass(Date.now())
  world.read.passed('b')
  await world.rounds(() => {})
  t.same(world.given, ['c', 'a', 'b'], 'and the next one lists the whole')
})

t.test('an object that may not be read holds up no other, and is not lost', async (t) => {
  const world = new World()
  world.put('a', 'b', 'c')
  world.forbidden.add('b')
  await t.rejects(
    world.rounds(() => {}),
    { code: 'forbidden', message: 'b' },
  )
  t.same(world.given, ['a', 'c'])
  const next = new World(world.read.write())
  for (const [key, object] of world.objects) next.objects.set(key, object)
  await next.rounds()
  t.same(next.given, ['b'])
})

t.test('it is tried again with the next pass, and not before', async (t) => {
  const world = new World()
  world.put('a')
  world.forbidden.add('a')
  world.interval = 5_000_000
  await t.rejects(
    world.rounds(() => {}),
    { code: 'forbidden', retryAfter: 5_000_000 },
  )
})

t.test('one that always fails holds up the others for some tries only', async (t) => {
  const world = new World()
  world.put('a', 'b', 'c')
  world.forbidden.add('b')
  world.refusal = 'lost'
  for (let tries = 1; tries < 5; tries += 1) {
    await t.rejects(world.rounds(), { code: 'lost', retryAfter: undefined })
    t.same(world.given, ['a'])
  }
  await t.rejects(
    world.rounds(() => {}),
    { code: 'lost', retryAfter: 1 },
  )
  t.same(world.given, ['a', 'c'])
  world.forbidden.clear()
  await world.rounds()
  t.same(world.given, ['a', 'c', 'b'], 'and is not lost')
})

t.test('nor does one that S3 refuses with 400, as one with a key of its own', async (t) => {
  const world = new World()
  world.put('a', 'b', 'c')
  world.forbidden.add('b')
  world.refusal = 'bad-request'
  await t.rejects(
    world.rounds(() => {}),
    { code: 'bad-request' },
  )
  t.same(world.given, ['a', 'c'])
})

t.test('when none may be read it does not try them all', async (t) => {
  const world = new World()
  world.put(...numbered(0, 50))
  for (const key of world.objects.keys()) world.forbidden.add(key)
  world.interval = 5_000_000
  await t.rejects(world.rounds(), { code: 'forbidden', retryAfter: 60_000 })
  t.equal(world.read.after, 'k000008')
})

t.test('anything else that fails ends the pass, to go on there', async (t) => {
  const world = new World()
  world.put('a')
  await world.rounds()
  world.put('b')
  world.failure = error('network', 'no')
  world.read.beginPass(Date.now())
  await t.rejects(world.rounds(), { code: 'network' })
  t.equal(world.read.after, 'a')
})
