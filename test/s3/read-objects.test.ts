import t from 'tap'
import { ReadObjects, versionId } from '../../src/s3/read-objects.ts'

const day = 24 * 3600_000
const now = Date.UTC(2026, 0, 31)
const id = (key: string, etag = 'e') => versionId('b', { key, etag }, 'read')

/** As a new process finds it. */
function again(read: ReadObjects): ReadObjects {
  return new ReadObjects(read.write(), 'b/', 0)
}

function passOf(read: ReadObjects, began: number): void {
  read.beginPass(began)
  read.endPass()
}

/** Where its first pass begins. */
function beginningOf(read: ReadObjects): number {
  read.beginPass(now)
  return read.from
}

t.test('an id tells bucket, key, version and use apart', async (t) => {
  const ids = [
    versionId('b', { key: 'k', etag: 'e' }, 'read'),
    versionId('b', { key: 'k', etag: 'e' }, 'kept'),
    versionId('b', { key: 'k', etag: 'f' }, 'read'),
    versionId('b', { key: 'ke', etag: '' }, 'read'),
    versionId('c', { key: 'k', etag: 'e' }, 'read'),
  ].map((each) => each.toString('hex'))
  t.equal(new Set(ids).size, ids.length)
})

t.test('it is stored and read back', async (t) => {
  const read = new ReadObjects(undefined, 'b/', 30 * day)
  read.add(id('a'), { modified: now })
  read.beginPass(now)
  read.passed('ü/k')
  const checkpoint = read.write()
  const other = new ReadObjects(checkpoint, 'b/', 0)
  t.ok(other.knows(id('a')))
  t.notOk(other.knows(id('a', 'new version')))
  t.equal(other.after, 'ü/k')
  t.equal(other.from, now - 30 * day)
  t.equal(other.write(), undefined, 'nothing has changed')
  t.equal(beginningOf(new ReadObjects(checkpoint, 'other/', 5)), now - 5, 'another begins anew')
})

t.test('what is none of its checkpoints begins anew', async (t) => {
  for (const checkpoint of ['', 'x', '{}', '{"version":7}']) {
    t.equal(beginningOf(new ReadObjects(checkpoint, 'b/', 5)), now - 5)
  }
})

t.test('after a pass it looks back seven days', async (t) => {
  const read = new ReadObjects(undefined, 'b/', 0)
  read.add(id('old'), { modified: now - 8 * day })
  read.add(id('new'), { modified: now - 6 * day })
  passOf(read, now)
  t.equal(read.from, now - 7 * day)
  t.notOk(read.knows(id('old')), 'what is passed over need not be known')
  t.ok(read.knows(id('new')))
  passOf(read, now - day)
  t.equal(read.from, now - 7 * day, 'a clock that was set back changes nothing')
})

t.test('it never forgets what it could read again, nor knows more than 1,000', async (t) => {
  const read = new ReadObjects(undefined, 'b/', 0)
  const modified = (index: number) => now - 3 * day + index * 1000
  for (let index = 0; index < 1_500; index += 1) {
    read.add(id(String(index)), { modified: modified(index) })
  }
  passOf(read, now)
  t.equal(read.from, modified(500), 'the oldest that is known')
  t.notOk(read.knows(id('499')))
  for (const index of [500, 1_499]) t.ok(read.knows(id(String(index))))
  const stored = again(read)
  t.ok(stored.knows(id('500')))
  t.ok((read.write()?.length ?? 0) < 25_000)
})

t.test('`since` goes by the clock of the service', async (t) => {
  const read = new ReadObjects(undefined, 'b/', day)
  read.add(id('told by a queue'), { modified: now })
  const later = new ReadObjects(read.write(), 'b/', day)
  t.equal(beginningOf(later), now - day, 'a run before that had no pass says nothing of it')
  const all = new ReadObjects(undefined, 'b/', 0)
  t.equal(beginningOf(all), 0)
})

t.test('a clock that was a year ahead hides nothing for a year', async (t) => {
  const read = new ReadObjects(undefined, 'b/', 0)
  passOf(read, now + 365 * day)
  t.ok(read.from > now)
  const later = again(read)
  later.beginPass(now)
  t.equal(later.from, now - 7 * day)
})

t.test('what came within an hour before the pass is always looked at', async (t) => {
  const read = new ReadObjects(undefined, 'b/', 0)
  for (let index = 0; index < 1_500; index += 1) read.add(id(String(index)), { modified: now })
  passOf(read, now)
  t.equal(read.from, now - day / 24)
})
