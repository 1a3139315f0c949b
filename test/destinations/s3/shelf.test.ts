import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { Shelf } from '../../../src/destinations/s3/shelf.ts'
import type { Closed } from '../../../src/destinations/s3/shelf.ts'
import { blockOf } from '../../helpers/sink.ts'

/** A closed draft of a series, up to a block. */
function closedOf(series: string, sequence: number): Closed {
  const name = `name-${series}-${sequence}`
  return {
    name,
    time: sequence,
    queue: 'q',
    series,
    first: { sequence, line: 1 },
    last: { sequence, line: 9 },
    lastSum: 7,
    lines: 9,
    objects: [
      {
        key: `k/${name}.cef`,
        file: `${name}.cef`,
        contentType: 'x',
        size: 4,
        sha256: createHash('sha256').update('text').digest('hex'),
        linesSha256: 'b',
      },
    ],
  }
}

async function close(shelf: Shelf, closed: Closed): Promise<void> {
  const path = shelf.path('draft-1.cef')
  await writeFile(path, 'text')
  await shelf.close(closed, [path])
}

t.test('what was closed is there again after a crash, what was open is not', async (t) => {
  const folder = join(t.testdir(), 'deep', 's3')
  const shelf = await Shelf.open(folder)
  await close(shelf, closedOf('a', 1))
  await close(shelf, closedOf('b', 2))
  await writeFile(shelf.path('draft-7.cef'), 'half')
  await writeFile(shelf.path('name-c-3.cef'), 'its .closed was never written')
  await writeFile(shelf.path('name-d-4.closed'), '{"torn')
  const again = await Shelf.open(folder)
  t.same(again.pending, [closedOf('a', 1), closedOf('b', 2)])
  t.equal(again.newest, 2)
  t.equal(await readFile(again.path('name-a-1.cef'), 'utf8'), 'text')
  const names = ['name-a-1.cef', 'name-a-1.closed', 'name-b-2.cef', 'name-b-2.closed']
  t.same((await readdir(folder)).sort(), names)
  await rm(again.path('name-a-1.cef'))
  const third = await Shelf.open(folder)
  t.same(third.pending, [closedOf('b', 2)], 'one whose file is gone is made again')
  await writeFile(third.path('name-b-2.cef'), 'tEXt')
  t.same((await Shelf.open(folder)).pending, [], 'one whose bytes are others too')
})

t.test('the newest stored of each series speaks for it', async (t) => {
  const folder = t.testdir()
  const shelf = await Shelf.open(folder)
  for (const closed of [closedOf('a', 1), closedOf('b', 2), closedOf('a', 3)]) {
    await close(shelf, closed)
    await shelf.stored(closed)
  }
  t.same(await readdir(folder), ['name-a-3.stored', 'name-b-2.stored'])
  const again = await Shelf.open(folder)
  t.same(again.reached('q', 'a')?.last, { sequence: 3, line: 9 })
  t.same(again.reached('q', 'b')?.last, { sequence: 2, line: 9 })
  t.equal(again.reached('other', 'b'), undefined)
  t.notOk(await again.begin(blockOf(4, ['x'], { queue: 'q' })))
  t.equal(again.reached('q', 'b'), undefined, 'passed for good')
  t.ok(again.reached('q', 'a'), 'the newest name stays, as the next must be after it')
})

t.test('another spool is told by its numbers or its lines', async (t) => {
  const folder = t.testdir()
  const begin = async (sequence: number, text: string, upTo?: number) => {
    const shelf = await Shelf.open(folder)
    const block = {
      ...blockOf(sequence, [text], { queue: 'q' }),
      ...(upTo !== undefined && { upTo }),
    }
    return shelf.begin(block)
  }
  t.notOk(await begin(5, 'a'), 'the first')
  t.notOk(await begin(5, 'a'), 'the same again')
  t.notOk(await begin(5, 'later part', 7), 'a part that is not the first has another first line')
  t.notOk(await begin(9, 'b'), 'further')
  t.ok(await begin(9, 'c'), 'the same number, another line')
  t.ok(await begin(1, 'c'), 'an earlier number')
})

t.test('one of two objects is in the bucket: known after a crash', async (t) => {
  const folder = t.testdir()
  const shelf = await Shelf.open(folder)
  const closed = closedOf('a', 1)
  await close(shelf, closed)
  const [object] = closed.objects
  if (object) await shelf.uploaded(closed, object)
  t.match((await Shelf.open(folder)).pending, [{ objects: [{ isThere: true }] }])
})

t.test('names only grow, in another spool too', async (t) => {
  const folder = t.testdir()
  const shelf = await Shelf.open(folder)
  const closed = closedOf('a', 7)
  await close(shelf, closed)
  await shelf.stored(closed)
  await shelf.forget('q')
  const again = await Shelf.open(folder)
  t.equal(again.reached('q', 'a'), undefined)
  t.equal(again.newest, 7)
})

t.test('a folder that cannot be made', async (t) => {
  const folder = t.testdir({ file: '' })
  await t.rejects(Shelf.open(join(folder, 'file', 's3')), { code: /ENOTDIR|EEXIST/ })
  await mkdir(join(folder, 'ok'))
})
