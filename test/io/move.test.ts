import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs'
import { mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { moveWithin, moveInto } from '../../src/io/move.ts'
import type { FileIdentity } from '../../src/io/regular-file.ts'
import { identify } from '../../src/io/regular-file.ts'
import { unprivileged } from '../helpers/unprivileged.ts'

/** A folder on another file system, for renames that fail with EXDEV. */
const otherVolume = '/dev/shm'
const hasOther = existsSync(otherVolume) && statSync(otherVolume).dev !== statSync('.').dev

async function identityOf(path: string): Promise<FileIdentity> {
  const identity = await identify(Buffer.from(path))
  if (!identity) throw new Error(`${path} is not there`)
  return identity
}

async function move(folder: string, target: string, name = 'a.csv'): Promise<unknown> {
  const path = join(folder, name)
  return moveInto(Buffer.from(path), await identityOf(path), target, Buffer.from(name))
}

t.test('never over an existing file', async (t) => {
  const folder = t.testdir({ 'a.csv': 'one' })
  const done = join(folder, 'done')
  t.match(await move(folder, done), { kind: 'moved', name: Buffer.from('a.csv') })
  writeFileSync(join(folder, 'a.csv'), 'two')
  await move(folder, done)
  writeFileSync(join(folder, 'a.csv'), 'three')
  await move(folder, done)
  const names = readdirSync(done)
  t.equal(names.length, 3)
  t.ok(
    names.every((name) => /^a(\.\d{8}T\d{9}Z(-\d+)?)?\.csv$/.test(name)),
    names.join(),
  )
  const texts = names.map((name) => readFileSync(join(done, name), 'utf8')).sort()
  t.strictSame(texts, ['one', 'three', 'two'])
  t.equal(readFileSync(join(done, 'a.csv'), 'utf8'), 'one')
})

t.test('a file that is not the one that was meant is left alone', async (t) => {
  const folder = t.testdir({ 'a.csv': 'one' })
  const path = join(folder, 'a.csv')
  const identity = await identityOf(path)
  writeFileSync(path, 'another')
  const done = join(folder, 'done')
  t.match(await moveInto(Buffer.from(path), identity, done, Buffer.from('a.csv')), {
    kind: 'changed',
  })
  t.equal(readFileSync(path, 'utf8'), 'another')
  rmSync(path)
  t.match(await moveInto(Buffer.from(path), identity, done, Buffer.from('a.csv')), { kind: 'gone' })
  t.notOk(existsSync(done), 'and nothing was reserved')
})

t.test('back, whatever was written to it, and never over another file', async (t) => {
  const folder = t.testdir({ 'a.csv': 'one' })
  const done = join(folder, 'done')
  await move(folder, done)
  writeFileSync(join(done, 'a.csv'), 'one and more')
  const [path, name] = [Buffer.from(join(done, 'a.csv')), Buffer.from('a.csv')]
  t.strictSame(await moveWithin(path, folder, name), name)
  t.equal(readFileSync(join(folder, 'a.csv'), 'utf8'), 'one and more')
  writeFileSync(path, 'two')
  const given = (await moveWithin(path, folder, name)).toString()
  t.match(given, /^a\.\d{8}T\d{9}Z\.csv$/)
  t.equal(readFileSync(join(folder, 'a.csv'), 'utf8'), 'one and more')
  t.equal(readFileSync(join(folder, given), 'utf8'), 'two')
  t.strictSame(readdirSync(done), [])
  await t.rejects(moveWithin(path, folder, name), { code: 'ENOENT' })
  t.equal(readdirSync(folder).length, 3, 'and nothing was reserved')
})

t.test('a folder that cannot be made', async (t) => {
  const folder = t.testdir({ 'a.csv': 'one', file: '' })
  await t.rejects(move(folder, join(folder, 'file', 'done')), { code: 'ENOTDIR' })
  t.equal(readFileSync(join(folder, 'a.csv'), 'utf8'), 'one')
})

t.test('names of any bytes', async (t) => {
  const folder = t.testdir({ x: 'one' })
  const name = Buffer.from([0x0a, 0xff, 0x22, 0x5c, 0x1b])
  const path = Buffer.concat([Buffer.from(`${folder}/`), name])
  renameSync(join(folder, 'x'), path)
  const identity = await identify(path)
  if (!identity) throw new Error('not there')
  const done = join(folder, 'done')
  t.match(await moveInto(path, identity, done, name), { kind: 'moved', name })
  t.strictSame(readdirSync(done, { encoding: 'buffer' }), [name])
})

t.test('to another file system', { skip: hasOther ? false : 'no second volume' }, async (t) => {
  const folder = t.testdir({ 'a.csv': 'one' })
  const other = mkdtempSync(join(otherVolume, 'cefline-'))
  t.teardown(() => rmSync(other, { recursive: true }))
  utimesSync(join(folder, 'a.csv'), 1e9, 1e9)
  const done = join(other, 'done')
  t.match(await move(folder, done), { kind: 'moved', copied: true })
  t.equal(readFileSync(join(done, 'a.csv'), 'utf8'), 'one')
  t.equal(statSync(join(done, 'a.csv')).mtimeMs, 1e12, 'with its time')
  t.notOk(existsSync(join(folder, 'a.csv')))
  writeFileSync(join(folder, 'a.csv'), 'x'.repeat(3_000_000))
  await move(folder, done)
  const names = readdirSync(done)
  t.equal(names.length, 2, 'no temporary file is left')
  t.equal(readFileSync(join(done, 'a.csv'), 'utf8'), 'one')
})

const toOther = { skip: hasOther ? false : 'no second volume' }

t.test('what comes under the name when the copy has its own is not lost', toOther, async (t) => {
  const folder = t.testdir({})
  const path = join(folder, 'a.csv')
  const other = mkdtempSync(join(otherVolume, 'cefline-'))
  t.teardown(() => rmSync(other, { recursive: true }))
  const isCopied = (done: string): boolean =>
    existsSync(join(done, 'a.csv')) && statSync(join(done, 'a.csv')).size > 0
  for (let round = 0; round < 20; round += 1) {
    const done = join(other, `${round}`)
    writeFileSync(path, 'one')
    writeFileSync(join(folder, 'x'), 'another')
    const moving = move(folder, done)
    while (!isCopied(done)) await new Promise(setImmediate)
    if (round % 2 === 0) renameSync(join(folder, 'x'), path)
    else appendFileSync(path, 'two')
    const { kind } = (await moving) as { kind: string }
    t.match(readFileSync(path, 'utf8'), round % 2 === 0 ? /^another$/ : /two$/)
    t.strictSame(readdirSync(done), kind === 'moved' ? ['a.csv'] : [])
    t.notOk(readdirSync(folder).some((name) => name.endsWith('.part')))
    for (const left of readdirSync(folder)) rmSync(join(folder, left))
  }
})

t.test('a folder that may not be written', async (t) => {
  await unprivileged(async (folder) => {
    const done = join(folder, 'done')
    mkdirSync(done)
    writeFileSync(join(folder, 'a.csv'), 'one')
    chmodSync(done, 0o500)
    await t.rejects(move(folder, done), { code: 'EACCES' })
    t.ok(existsSync(join(folder, 'a.csv')))
    chmodSync(done, 0o700)
  })
})

t.test('a file that comes under the name while the move is under way', async (t) => {
  const folder = t.testdir({})
  const done = join(folder, 'done')
  for (let round = 0; round < 20; round += 1) {
    const path = join(folder, 'a.csv')
    writeFileSync(path, 'one')
    writeFileSync(join(folder, 'x'), 'another')
    const identity = await identityOf(path)
    const moving = moveInto(Buffer.from(path), identity, done, Buffer.from('a.csv'))
    await sleep(round / 20)
    renameSync(join(folder, 'x'), path)
    const moved = await moving
    t.equal(readFileSync(path, 'utf8'), 'another', moved.kind)
    if (moved.kind === 'moved') t.equal(readFileSync(join(done, 'a.csv'), 'utf8'), 'one')
    t.notOk(existsSync(done) && readdirSync(done).some((name) => name !== 'a.csv'))
    rmSync(path)
    rmSync(done, { recursive: true, force: true })
  }
})

const notRoot = process.geteuid?.() === 0 ? false : 'only root can make another user’s file'

t.test('where a file may not be linked, as it is another user’s', { skip: notRoot }, async (t) => {
  const text = (path: string) => readFileSync(path, 'utf8')
  await unprivileged(async (folder) => {
    for (const content of ['one', 'two']) {
      process.seteuid?.(0)
      writeFileSync(join(folder, 'a.csv'), content)
      process.seteuid?.(65534)
      t.match(await move(folder, join(folder, 'done')), { kind: 'moved', copied: false })
    }
    const done = readdirSync(join(folder, 'done')).sort()
    t.match(done, [/^a\.\d+T\d+Z\.csv$/, 'a.csv'])
    t.strictSame(
      done.map((name) => text(join(folder, 'done', name))),
      ['two', 'one'],
    )
    t.strictSame(readdirSync(folder), ['done'])
  })
})
