import t from 'tap'
import { dropGroups } from '../../src/drop/groups.ts'
import { Held } from '../../src/io/held.ts'
import type { SeenFile } from '../../src/io/settled.ts'

let inode = 0n

function file(name: string, size = 10n): SeenFile {
  inode += 1n
  const identity = { dev: 1n, ino: inode, size, mtimeNs: 0n }
  return { name: Buffer.from(name), identity, birthtimeNs: 0n, passedOver: false }
}

function shown(files: SeenFile[], held = new Held()): string[] {
  return [...dropGroups(files, held)].map(
    ({ files, wasRead }) => files.map(({ name }) => name).join('') + (wasRead ? ' moved' : ''),
  )
}

t.test('small files together, in their order', async (t) => {
  t.strictSame(shown([]), [])
  t.strictSame(shown([...'abc'].map((name) => file(name))), ['abc'])
  const many = [
    ...dropGroups(
      Array.from({ length: 600 }, () => file('x')),
      new Held(),
    ),
  ]
  t.strictSame(
    many.map(({ files }) => files.length),
    [256, 256, 88],
  )
})

t.test('bounded in bytes, but for one that is larger alone', async (t) => {
  const megabytes = (name: string, size: number) => file(name, BigInt(size) * 1024n * 1024n)
  const files = [4, 4, 1, 100, 1, 1].map((size, index) => megabytes('abcdef'[index] ?? '', size))
  t.strictSame(shown(files), ['ab', 'c', 'd', 'ef'])
})

t.test('one that something went wrong with is by itself', async (t) => {
  const files = [...'abcdefg'].map((name) => file(name))
  const held = new Held()
  for (const index of [0, 2, 3]) held.hold(files[index] ?? file(''), false, 0)
  for (const index of [5, 6]) held.hold(files[index] ?? file(''), true, 0)
  t.strictSame(shown(files, held), ['a', 'b', 'c', 'd', 'e', 'fg moved'])
  const alone = [...dropGroups(files, held)].map((group) => group.alone)
  t.strictSame(alone, [true, false, true, true, false, false])
})
