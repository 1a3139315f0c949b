import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { Afterwards } from '../../src/io/afterwards.ts'
import { identify } from '../../src/io/regular-file.ts'

const told = { had: 'it had been read', means: '; its rows without a RID are sent twice' }

/** A drop folder and its `done`, with the clock in the hands of the test. */
class Folders {
  readonly folder: string
  readonly done: string
  readonly afterwards: Afterwards

  constructor(
    folder: string,
    options: { remove?: boolean; mostFiles?: number; beside?: string } = {},
  ) {
    this.folder = folder
    this.done = join(folder, 'done')
    mkdirSync(this.done)
    const target = this.done
    this.afterwards = new Afterwards({ folder, target, remove: false, told, ...options })
  }

  /** Puts a file into `done` as if it had been moved at `now`. */
  async move(name: string, now?: number, target = name): Promise<string> {
    const path = join(this.done, target)
    writeFileSync(path, 'one')
    const identity = await identify(Buffer.from(path))
    if (!identity) throw new Error('not there')
    this.afterwards.remember(Buffer.from(name), Buffer.from(target), identity, now)
    return path
  }

  /** What is told at `now`. */
  async due(now: number): Promise<string[]> {
    return (await this.afterwards.due(now)).map(({ message }) => message)
  }

  get waiting(): string[] {
    return readdirSync(this.folder).filter((name) => name !== 'done')
  }
}

t.test('one that stands still is forgotten after ten minutes, and stays', async (t) => {
  const folders = new Folders(t.testdir({}))
  const path = await folders.move('a.csv', 0)
  for (const now of [999, 1_000, 10_000, 60_000, 599_999]) {
    t.strictSame(await folders.due(now), [])
    t.equal(folders.afterwards.size, 1)
  }
  t.strictSame(await folders.due(600_000), [])
  t.equal(folders.afterwards.size, 0)
  appendFileSync(path, 'two')
  t.strictSame(await folders.due(700_000), [])
  t.ok(existsSync(path))
})

t.test('one that is written to comes back at each of the looks', async (t) => {
  for (const now of [1_000, 10_000, 60_000, 600_000]) {
    const folders = new Folders(t.testdir({}))
    const path = await folders.move('a.csv', 0)
    t.strictSame(await folders.due(now - 1), [])
    appendFileSync(path, 'two')
    t.match(await folders.due(now + 500), [
      /^a\.csv was written to .* again; its rows without a RID/,
    ])
    t.strictSame(folders.waiting, ['a.csv'])
    t.equal(readFileSync(join(folders.folder, 'a.csv'), 'utf8'), 'onetwo')
    t.strictSame(readdirSync(folders.done), [])
    t.equal(folders.afterwards.size, 0)
  }
})

t.test('under its own name, and never over another file', async (t) => {
  const folders = new Folders(t.testdir({ 'a.csv': 'another' }))
  const path = await folders.move('a.csv', 0, 'a.20260101T000000000Z.csv')
  appendFileSync(path, 'two')
  t.match(await folders.due(1_000), [/^a\.csv was .* read again as a\.\d+T\d+Z\.csv; /])
  t.equal(readFileSync(join(folders.folder, 'a.csv'), 'utf8'), 'another')
  const other = folders.waiting.find((name) => name !== 'a.csv') ?? ''
  t.equal(readFileSync(join(folders.folder, other), 'utf8'), 'onetwo')
})

t.test('one to be deleted is removed when it stood still for a minute', async (t) => {
  const folders = new Folders(t.testdir({}), { remove: true })
  const still = await folders.move('still.csv', 0)
  const slow = await folders.move('slow.csv', 0)
  await folders.due(1_000)
  appendFileSync(slow, 'two')
  await folders.due(59_999)
  t.ok(existsSync(still))
  t.strictSame(folders.waiting, ['slow.csv'])
  t.strictSame(await folders.due(60_500), [])
  t.strictSame(readdirSync(folders.done), [])
  t.equal(folders.afterwards.size, 0)
})

t.test('one that was removed or replaced is not ours any more', async (t) => {
  const folders = new Folders(t.testdir({}))
  rmSync(await folders.move('a.csv', 0))
  const path = await folders.move('b.csv', 0)
  writeFileSync(join(folders.folder, 'x'), 'another')
  renameSync(join(folders.folder, 'x'), path)
  t.strictSame(await folders.due(1_000), [])
  t.equal(folders.afterwards.size, 0)
  t.equal(readFileSync(path, 'utf8'), 'another')
})

t.test('one that cannot be moved back is told once and not given up', async (t) => {
  const root = t.testdir({ done: {} })
  const [folder, done] = [join(root, 'drop'), join(root, 'done')]
  const afterwards = new Afterwards({ folder, target: done, remove: true, told })
  const path = Buffer.from(join(done, 'a.csv'))
  writeFileSync(path, 'one')
  const identity = await identify(path)
  if (!identity) throw new Error('not there')
  const name = Buffer.from('a.csv')
  afterwards.remember(name, name, identity, 0)
  appendFileSync(path, 'two')
  t.match(await afterwards.due(1_000), [
    { level: 'error', message: /^a\.csv was written to after .*, and it cannot .* \(ENOENT\); / },
  ])
  t.ok(afterwards.isStuck(name), 'so that it is not purged')
  t.strictSame(await afterwards.due(120_000), [])
  mkdirSync(folder)
  t.match(await afterwards.due(240_000), [{ level: 'warn' }])
  t.notOk(afterwards.isStuck(name))
  t.strictSame(readdirSync(folder), ['a.csv'])
})

t.test('what lies beside it is removed when it goes back', async (t) => {
  const folders = new Folders(t.testdir({}), { beside: '.reason.txt' })
  const path = await folders.move('a.csv', 0)
  await folders.move('b.csv', 0)
  for (const name of ['a.csv', 'b.csv']) writeFileSync(join(folders.done, `${name}.reason.txt`), '')
  appendFileSync(path, 'two')
  t.equal((await folders.due(1_000)).length, 1)
  t.strictSame(folders.waiting, ['a.csv'])
  t.strictSame(readdirSync(folders.done).sort(), ['b.csv', 'b.csv.reason.txt'])
})

t.test('the list is bounded', async (t) => {
  const folders = new Folders(t.testdir({}), { mostFiles: 2 })
  const seen = await folders.move('seen.csv', 0)
  await folders.due(1_000)
  const paths = [await folders.move('a.csv', 1_000), await folders.move('b.csv', 1_000)]
  t.equal(folders.afterwards.size, 2)
  for (const path of [seen, ...paths]) appendFileSync(path, 'two')
  t.equal((await folders.due(2_000)).length, 3, 'with the notice of that')
  t.strictSame(folders.waiting, ['a.csv', 'b.csv'], 'what was looked at most is forgotten')
})

t.test('what was moved before this process is looked after by its times', async (t) => {
  const folders = new Folders(t.testdir({}), { beside: '.reason.txt' })
  const put = (name: string, mtime?: number): string => {
    const path = join(folders.done, name)
    writeFileSync(path, 'one')
    if (mtime !== undefined) utimesSync(path, mtime, mtime)
    return path
  }
  const still = put('still.csv', Date.now() / 1000 - 5)
  put('written.csv')
  put('a.reason.txt')
  put('.hidden')
  const empty = join(folders.done, 'empty.csv')
  writeFileSync(empty, '')
  t.match(await folders.afterwards.adopt(125, 0), [
    {
      level: 'warn',
      code: 'file-changed',
      message: /^written\.csv in .* nobody looked: read again/,
    },
  ])
  t.strictSame(folders.waiting, ['written.csv'])
  t.equal(folders.afterwards.size, 2)
  t.strictSame(await folders.afterwards.adopt(125, 0), [], 'and no second time')
  t.equal(folders.afterwards.size, 2)
  appendFileSync(still, 'two')
  // Its writer had made it and written nothing when it was moved.
  appendFileSync(empty, 'one')
  t.match((await folders.due(1_000)).sort(), [/^empty\.csv was/, /^still\.csv was written to/])
})

t.test('the bound is told once', async (t) => {
  const folders = new Folders(t.testdir({}), { mostFiles: 1 })
  for (const name of ['a.csv', 'b.csv', 'c.csv']) await folders.move(name, 0)
  t.match(await folders.due(0), [/^more than 1 files in .* are looked after/])
  await folders.move('d.csv', 0)
  t.strictSame(await folders.due(0), [])
})

t.test('names of any bytes', async (t) => {
  const folders = new Folders(t.testdir({}))
  const name = Buffer.from([0x0a, 0xff, 0x22])
  const path = Buffer.concat([Buffer.from(`${folders.done}/`), name])
  writeFileSync(path, 'one')
  const identity = await identify(path)
  if (!identity) throw new Error('not there')
  folders.afterwards.remember(name, name, identity, 0)
  appendFileSync(path, 'two')
  t.match(await folders.due(1_000), [/^\\x0a\\xff" was written to/])
  const left = readdirSync(folders.folder, { encoding: 'buffer' })
  t.ok(left.some((found) => found.equals(name)))
})

t.test('what is due is done while something else is waited for', async (t) => {
  const folders = new Folders(t.testdir({}))
  appendFileSync(await folders.move('a.csv'), 'two')
  const until = async (): Promise<string> => {
    for (let turn = 0; turn < 3000 && folders.waiting.length === 0; turn += 1) await sleep(10)
    return folders.waiting.join()
  }
  t.equal(await folders.afterwards.during(until()), 'a.csv')
  await t.rejects(folders.afterwards.during(Promise.reject(new Error('no'))), { message: 'no' })
  appendFileSync(await folders.move('b.csv'), 'two')
  t.equal((await folders.afterwards.end()).length, 2, 'and at the end all of them')
  t.strictSame(folders.waiting, ['a.csv', 'b.csv'])
  t.strictSame(await folders.afterwards.end(), [])
})
