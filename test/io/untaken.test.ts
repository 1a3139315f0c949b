import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { listFiles } from '../../src/io/listing.ts'
import type { SeenFile } from '../../src/io/settled.ts'
import { Untaken } from '../../src/io/untaken.ts'

function messages(untaken: Untaken): string[] {
  return untaken.take().map(({ message }) => message)
}

t.test('what is no plain file is told once, but for our own folders', async (t) => {
  const folder = t.testdir({ 'a.csv': '', sub: {}, '.hidden': {}, archive: { done: {} } })
  mkdirSync(join(folder, 'failed'))
  symlinkSync('a.csv', join(folder, 'link.csv'))
  execFileSync('mkfifo', [join(folder, 'fifo.csv')])
  const untaken = new Untaken(folder, [join(folder, 'archive', 'done'), join(folder, 'failed')])
  const files = await listFiles(folder, untaken)
  t.match(files, [{ name: Buffer.from('a.csv') }])
  t.match(messages(untaken).sort(), [
    /fifo\.csv is a FIFO, and only plain files are taken$/,
    /link\.csv is a symbolic link, /,
    /sub is a folder, /,
  ])
  await listFiles(folder, untaken)
  t.strictSame(messages(untaken), [])
})

t.test('what is late, and a bound', (t) => {
  const untaken = new Untaken('/drop')
  const identity = { dev: 1n, ino: 1n, size: 1n, mtimeNs: 1n }
  const late = (name: string, passedOver: boolean): void => {
    const file: SeenFile = { name: Buffer.from(name), identity, birthtimeNs: 1n, passedOver }
    untaken.late(file)
  }
  late('a.tmp', true)
  late('b.csv', false)
  t.match(messages(untaken), [/^\/drop\/a\.tmp still has a name/, /^\/drop\/b\.csv never stands/])
  for (let index = 0; index < 200; index += 1) late(`${index}\n.csv`, false)
  const told = messages(untaken)
  t.equal(told.length, 98)
  t.match(told.at(-1), /97\\x0a\.csv .*; of other names nothing more is said$/)
  t.end()
})
