import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { Test } from 'tap'
import { FileWatch } from '../../src/config/watch.ts'

const interval = 10

/** Watches the files; `told` resolves when a change was told that was not waited for before. */
function watch(t: Test, files: string[]) {
  const ending = new AbortController()
  t.teardown(() => ending.abort())
  let times = 0
  let waited = 0
  const changed = async () => {
    times += 1
  }
  void new FileWatch(() => files, interval).run(changed, ending.signal)
  return {
    told: async () => {
      waited += 1
      while (times < waited) await sleep(interval)
    },
    /** After some looks more: how often it was told in all. */
    times: async () => {
      await sleep(interval * 20)
      return times
    },
  }
}

t.test('a content that stands still is told once', async (t) => {
  const folder = t.testdir({ file: 'one' })
  const path = join(folder, 'file')
  const { told, times } = watch(t, [path])
  await told()
  t.equal(await times(), 1, 'at first it may have changed since it was read')
  writeFileSync(path, 'two')
  await told()
  writeFileSync(path, 'two')
  t.equal(await times(), 2, 'the same content is no change')
  writeFileSync(`${path}.new`, 'three')
  renameSync(`${path}.new`, path)
  await told()
  rmSync(path)
  await told()
  t.equal(await times(), 4, 'that it is missing is told, once')
  writeFileSync(path, 'three')
  await told()
  t.equal(await times(), 5)
})

t.test('a content that goes on changing is not told', async (t) => {
  const folder = t.testdir({ file: '' })
  const path = join(folder, 'file')
  const { told, times } = watch(t, [path])
  await told()
  let text = ''
  const writing = setInterval(() => writeFileSync(path, (text += 'x')), 1)
  const during = await times()
  clearInterval(writing)
  t.equal(during, 1)
  await told()
  t.equal(await times(), 2)
})

t.test('what lies behind a symbolic link that is swapped', async (t) => {
  const folder = t.testdir({ one: { key: '1' }, two: { key: '2' } })
  const data = join(folder, '..data')
  symlinkSync('one', data)
  symlinkSync('..data/key', join(folder, 'key'))
  const { told, times } = watch(t, [join(folder, 'key')])
  await told()
  symlinkSync('two', `${data}_tmp`)
  renameSync(`${data}_tmp`, data)
  await told()
  t.equal(await times(), 2)
})

t.test('files become others', async (t) => {
  const folder = t.testdir({ a: '1', b: '1' })
  const files = [join(folder, 'a')]
  const { told, times } = watch(t, files)
  await told()
  files.push(join(folder, 'b'))
  await told()
  t.equal(await times(), 2, 'a new one may have changed since it was read')
  files.shift()
  await told()
  writeFileSync(join(folder, 'a'), '2')
  t.equal(await times(), 3)
})

t.test('what is no file, is too large, or is nothing', async (t) => {
  const folder = t.testdir({ large: 'x'.repeat(1024 * 1024 + 1) })
  const path = join(folder, 'large')
  mkdirSync(join(folder, 'folder'))
  const { told, times } = watch(t, [path, join(folder, 'folder'), join(folder, 'none')])
  await told()
  t.equal(await times(), 1)
  unlinkSync(path)
  await told()
  const none = watch(t, [])
  t.equal(await none.times(), 0)
})
