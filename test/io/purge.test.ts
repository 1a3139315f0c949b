import { chmodSync, chownSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Purge, purge } from '../../src/io/purge.ts'
import { unprivileged } from '../helpers/unprivileged.ts'

t.test('removes old regular files and nothing else', async (t) => {
  const folder = t.testdir({ 'a.csv': '1', 'b.csv': '2' })
  mkdirSync(join(folder, 'sub'))
  symlinkSync('a.csv', join(folder, 'link'))
  t.match(await purge(folder, 60_000), { removed: 0, left: 0 }, 'not yet')
  t.match(await purge(folder, -60_000), { removed: 2, left: 0 })
  t.strictSame(readdirSync(folder).sort(), ['link', 'sub'])
  t.match(await purge(join(folder, 'none'), 0), { removed: 0 }, 'no folder, no files')
})

t.test('each folder by its own age, but for what must stay', async (t) => {
  const root = t.testdir({ a: { '1': '', '2': '' }, b: { '3': '' }, c: { '4': '' }, file: '' })
  const purge = new Purge([
    { folder: join(root, 'a'), age: -60_000, isKept: (name) => name.toString() === '2' },
    { folder: join(root, 'b'), age: 0 },
    { folder: join(root, 'c'), age: 60_000 },
    { folder: join(root, 'file'), age: 60_000 },
  ])
  t.strictSame(purge.due(), [])
  t.equal(readdirSync(join(root, 'a')).length, 2, 'nobody waits for it')
  await purge.done()
  t.strictSame(
    ['a', 'b', 'c'].map((name) => readdirSync(join(root, name))),
    [['2'], ['3'], ['4']],
  )
  writeFileSync(join(root, 'a', '5'), '')
  t.strictSame(purge.due(), [], 'not again within the hour')
  await purge.done()
  t.strictSame(readdirSync(join(root, 'a')), ['2', '5'])
})

t.test('an end does not wait for the rest', async (t) => {
  const folder = t.testdir({})
  for (let index = 0; index < 50; index += 1) writeFileSync(join(folder, `${index}`), '')
  const purge = new Purge([{ folder, age: -60_000 }])
  await purge.end()
  purge.due()
  await purge.end()
  t.equal(readdirSync(folder).length, 50)
  purge.due(performance.now() + 3_600_000)
  await purge.done()
  t.strictSame(readdirSync(folder), [], 'it is done another time')
})

const notRoot = process.geteuid?.() === 0 ? false : 'only root can make another user’s file'

t.test('one that cannot be removed holds up no other and is told', { skip: notRoot }, async (t) => {
  await unprivileged(async (folder) => {
    for (const name of ['1', '2', '3', '4', '5']) writeFileSync(join(folder, name), '')
    process.seteuid?.(0)
    // In a sticky folder nobody removes what is another user's.
    chownSync(folder, 0, 0)
    chmodSync(folder, 0o1777)
    for (const name of ['1', '3', '5']) chownSync(join(folder, name), 0, 0)
    process.seteuid?.(65534)
    const purge = new Purge([{ folder, age: -60_000 }])
    purge.due()
    await purge.done()
    t.strictSame(readdirSync(folder).sort(), ['1', '3', '5'])
    t.match(purge.due(), [
      { level: 'warn', code: 'purge-failed', message: /^3 old files in .* removed \(EPERM\)$/ },
    ])
  })
})
