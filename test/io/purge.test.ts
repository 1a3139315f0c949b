import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Purge, purge } from '../../src/io/purge.ts'

t.test('removes old regular files and nothing else', async (t) => {
  const folder = t.testdir({ 'a.csv': '1', 'b.csv': '2' })
  mkdirSync(join(folder, 'sub'))
  symlinkSync('a.csv', join(folder, 'link'))
  t.equal(await purge(folder, 60_000), 0, 'not yet')
  t.equal(await purge(folder, -60_000), 2)
  t.strictSame(readdirSync(folder).sort(), ['link', 'sub'])
  t.equal(await purge(join(folder, 'none'), 0), 0, 'no folder, no files')
})

t.test('each folder by its own age, but for what must stay', async (t) => {
  const root = t.testdir({ a: { '1': '', '2': '' }, b: { '3': '' }, c: { '4': '' }, file: '' })
  const purge = new Purge([
    { folder: join(root, 'a'), age: -60_000, isKept: (name) => name.toString() === '2' },
    { folder: join(root, 'b'), age: 0 },
    { folder: join(root, 'c'), age: 60_000 },
    { folder: join(root, 'file'), age: 60_000 },
  ])
  t.strictSame(await purge.due(), [])
  t.strictSame(
    ['a', 'b', 'c'].map((name) => readdirSync(join(root, name))),
    [['2'], ['3'], ['4']],
  )
  writeFileSync(join(root, 'a', '5'), '')
  t.strictSame(await purge.due(), [], 'not again within the hour')
  t.strictSame(readdirSync(join(root, 'a')), ['2', '5'])
})
