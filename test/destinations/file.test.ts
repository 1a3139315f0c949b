import { existsSync } from 'node:fs'
import { appendFile, mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { create } from '../../src/destinations/file.ts'
import type { Options } from '../../src/destinations/file.ts'
import { blockOf, Feed, recorder } from '../helpers/sink.ts'

const live = () => new AbortController().signal

async function deliver(options: Partial<Options> & { path: string }, ...texts: string[][]) {
  const delivery = recorder()
  const feed = new Feed(...texts.map((lines, index) => blockOf(index + 1, lines)))
  feed.end()
  const all = { rotate: null, keep: 10, ...options }
  await create(all, { name: 'archive' }).deliver(feed, delivery, live())
  return delivery
}

t.test('lines are appended, and the folder made', async (t) => {
  const path = join(t.testdir(), 'deep', 'er', 'events.log')
  const { receipts } = await deliver({ path }, ['CEF:0|a', 'CEF:0|ä'], ['CEF:0|c'])
  await deliver({ path }, ['CEF:0|d'])
  t.equal(await readFile(path, 'utf8'), 'CEF:0|a\nCEF:0|ä\nCEF:0|c\nCEF:0|d\n')
  t.same(receipts, [1, 2])
})

t.test('rotation by size keeps so many old files', async (t) => {
  const folder = t.testdir()
  const path = join(folder, 'events.log')
  const lines = ['11111', '22222', '33333', '44444', '55555'].map((line) => [line])
  await deliver({ path, rotate: 7, keep: 2 }, ...lines)
  t.same((await readdir(folder)).sort(), ['events.log', 'events.log.1', 'events.log.2'])
  t.equal(await readFile(path, 'utf8'), '55555\n')
  t.equal(await readFile(`${path}.1`, 'utf8'), '44444\n')
  t.equal(await readFile(`${path}.2`, 'utf8'), '33333\n')
  t.throws(() => create({ path, rotate: 7, keep: 0 }, { name: 'archive' }), /archive\.keep is 0/)
})

t.test('a folder that cannot be made is an error, and no endless try', async (t) => {
  if (!existsSync('/proc/self')) return t.pass('there is no /proc')
  await t.rejects(deliver({ path: '/proc/cefline/deep/events.log' }, ['CEF:0|a']), {
    code: 'write-failed',
    message: /its folder cannot be made there: choose another path/,
  })
})

t.test('torn tail: a line without its end is closed first', async (t) => {
  const path = join(t.testdir(), 'events.log')
  await writeFile(path, 'CEF:0|whole\nCEF:0|to')
  await deliver({ path }, ['CEF:0|next'])
  t.equal(await readFile(path, 'utf8'), 'CEF:0|whole\nCEF:0|to\nCEF:0|next\n')
})

t.test('a file that is moved away is made anew', async (t) => {
  const path = join(t.testdir(), 'events.log')
  const delivery = recorder()
  const feed = new Feed(blockOf(1, ['one']))
  const destination = create({ path, rotate: null, keep: 1 }, { name: 'archive' })
  const done = destination.deliver(feed, delivery, live())
  await delivery.received(1)
  await rename(path, `${path}.moved`)
  feed.add(blockOf(2, ['two']))
  await delivery.received(2)
  feed.end()
  await done
  t.equal(await readFile(`${path}.moved`, 'utf8'), 'one\n')
  t.equal(await readFile(path, 'utf8'), 'two\n')
})

t.test('disk full: no receipt, and the error names path and cure', async (t) => {
  await t.rejects(deliver({ path: '/dev/full' }, ['one']), {
    code: 'write-failed',
    message: /^\/dev\/full \(destinations\.archive\.path\): the disk is full/,
  })
})

t.test('a folder in place of the file', async (t) => {
  const path = t.testdir()
  await t.rejects(deliver({ path }, ['one']), { code: 'write-failed', message: /it is a folder/ })
})

t.test('check, abort and frame', async (t) => {
  const folder = t.testdir()
  await mkdir(join(folder, 'a'))
  const path = join(folder, 'a', 'b', 'events.log')
  const destination = create({ path, rotate: null, keep: 1 }, { name: 'archive' })
  for await (const step of destination.check(live(), true)) {
    t.match(step, { name: 'file', ok: true, detail: `${path} will be made` })
  }
  t.same(await readdir(join(folder, 'a')), [], 'nothing was changed')
  const abort = new AbortController()
  const done = destination.deliver(new Feed(), recorder(), abort.signal)
  abort.abort()
  await done
  await appendFile(path, '')
  t.equal(destination.frame('CEF:0|a', 0, 5).toString(), 'CEF:0|a\n')
  await destination.close()
})
