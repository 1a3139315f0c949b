import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { DropFate, fingerprint } from '../../src/drop/fate.ts'
import type { ReadFile } from '../../src/drop/fate.ts'
import { DropFinish } from '../../src/drop/finish.ts'
import { dropFolders } from '../../src/drop/folders.ts'
import type { FileFailure } from '../../src/drop/portion.ts'
import { listFiles } from '../../src/io/listing.ts'

type After = 'move' | 'delete' | 'keep'

async function started(
  folder: string,
  options: { after?: After; done?: string } = {},
  failure?: FileFailure,
): Promise<{ fate: DropFate; files: ReadFile[] }> {
  const [after, done] = [options.after ?? 'move', options.done ?? null]
  const folders = dropFolders('alerts', { folder, after, done, failed: null })
  const fate = new DropFate(folders, new DropFinish(folders, 0))
  return { fate, files: (await listFiles(folder)).map((file) => ({ file, failure })) }
}

const failure = (permanent: boolean): FileFailure => ({
  code: permanent ? 'header' : 'internal',
  message: 'it ended',
  permanent,
})

t.test('many at once', async (t) => {
  const folder = t.testdir({})
  for (let count = 0; count < 100; count += 1) writeFileSync(join(folder, `${count}.csv`), '')
  const { fate, files } = await started(folder)
  t.strictSame(fate.notices(files), [])
  t.equal(fate.remembered(files), undefined)
  t.strictSame(await fate.settle(files), [])
  t.strictSame(readdirSync(folder), ['done'])
  t.equal(readdirSync(join(folder, 'done')).length, 100)
})

t.test('the thread ended: said once, and each file waits by itself', async (t) => {
  const folder = t.testdir({ 'a.csv': '', 'b.csv': '' })
  const { fate, files } = await started(folder, {}, failure(false))
  t.match(fate.notices(files), [{ level: 'error', code: 'internal', message: 'it ended' }])
  await fate.settle(files)
  t.match(fate.notices(files), [{ message: 'a.csv: it ended' }, { message: 'b.csv: it ended' }])
  await fate.settle(files)
  t.strictSame(fate.notices(files), [], 'and not again')
  for (const { file } of files) t.ok(fate.held.knows(file) && !fate.held.wasRead(file))
  t.strictSame(readdirSync(folder), ['a.csv', 'b.csv'])
})

t.test('kept ones are remembered, those that can never be read too', async (t) => {
  const folder = t.testdir({ 'a.csv': '', 'b.csv': '', 'c.csv': '' })
  const { fate, files } = await started(folder, { after: 'keep' })
  const [a, b, c] = files.map(({ file }) => file)
  if (!a || !b || !c) throw new Error('three files')
  const ended: ReadFile[] = [
    { file: a, failure: undefined },
    { file: b, failure: failure(true) },
    { file: c, failure: failure(false) },
  ]
  t.strictSame(fate.remembered(ended), Buffer.concat([fingerprint(a), fingerprint(b)]))
  await fate.settle(ended)
  t.strictSame(readdirSync(folder), ['a.csv', 'b.csv', 'c.csv'])
})

t.test('what cannot be moved is said once, and its rows are not read again', async (t) => {
  const folder = t.testdir({ 'a.csv': '', 'b.csv': '' })
  const { fate, files } = await started(folder, { done: join(folder, 'a.csv', 'done') })
  t.match(await fate.settle(files), [{ level: 'error', code: 'write-failed', message: /ENOTDIR/ }])
  for (const { file } of files) t.ok(fate.held.wasRead(file))
  t.ok(existsSync(join(folder, 'a.csv')) && existsSync(join(folder, 'b.csv')))
})

t.test('each reason is said once, and that it goes to failed too', async (t) => {
  const folder = t.testdir({ 'a.csv': '' })
  const { fate, files } = await started(folder)
  const [{ file } = { file: undefined }] = files
  if (!file) throw new Error('one file')
  const said: string[] = []
  const locked = { code: 'file-unreadable', message: 'locked', permanent: false } as const
  const ours = { code: 'internal', message: 'ours', permanent: false } as const
  const bad = { code: 'header', message: 'no header', permanent: true } as const
  for (const reason of [locked, locked, ours, ours, ours, bad]) {
    const read = [{ file, failure: reason }]
    said.push(...fate.notices(read).map(({ message }) => message))
    await fate.settle(read)
  }
  t.match(said, ['locked', 'ours', 'a.csv: ours', /^no header; it goes to /])
  t.strictSame(readdirSync(join(folder, 'failed')).sort(), ['a.csv', 'a.csv.reason.txt'])
})

t.test('a reason takes the name of no other file, and leaves no unfinished one', async (t) => {
  const folder = t.testdir({ 'a.csv': '', failed: { 'a.csv.reason.txt': 'of another' } })
  const { fate, files } = await started(folder)
  const ended = files.map(({ file }) => ({ file, failure: failure(true) }))
  t.strictSame(await fate.settle(ended), [])
  const failed = join(folder, 'failed')
  const [data, reason, other, ...more] = readdirSync(failed).sort()
  t.strictSame([data, other, more], ['a.csv', 'a.csv.reason.txt', []])
  t.match(reason, /^a\.csv\.reason\.\d{8}T\d+Z\.txt$/)
  t.match(readFileSync(join(failed, String(reason)), 'utf8'), / header\nit ended\n$/)
  t.equal(readFileSync(join(failed, 'a.csv.reason.txt'), 'utf8'), 'of another')
})
