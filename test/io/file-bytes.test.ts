import { appendFileSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Scratch } from '../../src/core.ts'
import { FileBytes, wholeBytes } from '../../src/io/file-bytes.ts'
import type { FileIdentity } from '../../src/io/regular-file.ts'

function open(path: string, scratch: Scratch = {}, expected?: FileIdentity): FileBytes {
  return new FileBytes(Buffer.from(path), 'a.csv', scratch, expected)
}

function content(bytes: FileBytes): Buffer {
  const copied: Buffer[] = []
  for (const chunk of bytes.chunks()) copied.push(Buffer.from(chunk))
  return Buffer.concat(copied)
}

t.test('a small file is of one moment', async (t) => {
  const path = join(t.testdir({ 'a.csv': 'one' }), 'a.csv')
  const bytes = open(path)
  t.ok(bytes.isWhole)
  appendFileSync(path, 'two')
  t.equal(content(bytes).toString(), 'one')
  bytes.checkUnchanged()
  unlinkSync(path)
  t.equal(content(bytes).toString(), 'one', 'twice')
  bytes.close()
})

t.test('one buffer serves many', async (t) => {
  const folder = t.testdir({ a: 'x'.repeat(1_000_000), b: 'two', empty: '' })
  const scratch: Scratch = {}
  const lengths = ['a', 'b', 'empty'].map(
    (name) => content(open(join(folder, name), scratch)).length,
  )
  t.strictSame(lengths, [1_000_000, 3, 0])
  t.equal(scratch.buffer?.length, 1_000_000)
})

t.test('a large file is looked at again', async (t) => {
  const path = join(t.testdir({}), 'a.csv')
  const text = Buffer.alloc(wholeBytes + 1, 'abc')
  writeFileSync(path, text)
  const bytes = open(path)
  t.notOk(bytes.isWhole)
  t.ok(content(bytes).equals(text))
  t.ok(content(bytes).equals(text), 'twice')
  bytes.checkUnchanged()
  appendFileSync(path, 'x')
  t.throws(() => bytes.checkUnchanged(), { code: 'file-changed', message: /^a\.csv changed/ })
  truncateSync(path, 10)
  t.throws(() => content(bytes), { code: 'file-changed' }, 'also cut')
  bytes.close()
  bytes.close()
})

t.test('another file than the one that was meant', async (t) => {
  const path = join(t.testdir({ 'a.csv': 'one' }), 'a.csv')
  const { identity } = open(path)
  t.equal(content(open(path, {}, identity)).toString(), 'one')
  appendFileSync(path, 'two')
  t.throws(() => open(path, {}, identity), { code: 'file-changed', permanent: false })
})
