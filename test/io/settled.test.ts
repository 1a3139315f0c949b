import t from 'tap'
import type { SeenFile } from '../../src/io/settled.ts'
import { Settled } from '../../src/io/settled.ts'

function file(name: string, ino: number, size = 1, more: Partial<SeenFile> = {}): SeenFile {
  return {
    name: Buffer.from(name),
    identity: { dev: 1n, ino: BigInt(ino), size: BigInt(size), mtimeNs: 5n },
    birthtimeNs: 7n,
    passedOver: false,
    ...more,
  }
}

function names({ ready }: { ready: SeenFile[] }): string[] {
  return ready.map(({ name }) => name.toString())
}

t.test('a file is ready when it has stood still', (t) => {
  const settled = new Settled(100)
  t.match(settled.update([file('a', 1)], 0), { ready: [], next: 100 })
  t.match(settled.update([file('a', 1)], 60), { ready: [], next: 40 })
  t.strictSame(names(settled.update([file('a', 1)], 100)), ['a'])
  t.end()
})

t.test('a file that changes starts anew', (t) => {
  const settled = new Settled(100)
  settled.update([file('a', 1, 1)], 0)
  t.match(settled.update([file('a', 1, 2)], 90), { ready: [], next: 100 }, 'it has grown')
  t.match(settled.update([file('a', 9, 2)], 150), { ready: [], next: 100 }, 'another inode')
  t.strictSame(names(settled.update([file('a', 9, 2)], 250)), ['a'])
  t.match(settled.update([], 260), { ready: [], next: Infinity })
  t.match(settled.update([file('a', 9, 2)], 270), { ready: [], next: 100 }, 'it was away')
  t.end()
})

t.test('a rename is a finished file', (t) => {
  const settled = new Settled(100)
  settled.update([file('a.tmp', 1, 1, { passedOver: true })], 0)
  t.strictSame(names(settled.update([file('a.csv', 1, 2)], 10)), ['a.csv'])
  t.strictSame(names(settled.update([file('a.csv', 1, 2)], 20)), ['a.csv'], 'and stays one')
  t.match(settled.update([file('a.csv', 1, 3)], 30), { ready: [] }, 'until it changes')
  t.end()
})

t.test('what is no rename', (t) => {
  const settled = new Settled(100)
  settled.update([file('a.tmp', 1, 1, { passedOver: true })], 0)
  const link = settled.update([file('a.tmp', 1, 1, { passedOver: true }), file('a.csv', 1)], 10)
  t.strictSame(names(link), [], 'the old name is still there')
  const again = new Settled(100)
  again.update([file('a.tmp', 1, 1, { passedOver: true })], 0)
  const reused = again.update([file('b.csv', 1, 1, { birthtimeNs: 8n })], 10)
  t.strictSame(names(reused), [], 'the number of an inode that is gone, for a new file')
  t.end()
})

t.test('names that are passed over are never ready', (t) => {
  const settled = new Settled(0)
  const listing = [file('a.tmp', 1, 1, { passedOver: true }), file('b', 2)]
  t.strictSame(names(settled.update(listing, 0)), ['b'])
  t.end()
})

t.test('one that is not ready for ten minutes is late', (t) => {
  const settled = new Settled(100)
  const late = (now: number, size: number): string[] => {
    const listing = [file('a', 1, size), file('b.tmp', 2, 1, { passedOver: true }), file('c', 3)]
    return settled.update(listing, now).late.map(({ name }) => name.toString())
  }
  t.strictSame(late(0, 1), [])
  t.strictSame(late(599_999, 2), [])
  t.strictSame(late(600_000, 3), ['a', 'b.tmp'])
  t.strictSame(late(600_100, 3), ['b.tmp'], 'it stands still')
  t.strictSame(late(600_200, 4), ['b.tmp'], 'and its time begins anew')
  t.end()
})
