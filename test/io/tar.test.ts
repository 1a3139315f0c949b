/**
 * Archives against the system's own tar.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { tar } from '../../src/io/tar.ts'
import { needs } from '../helpers/peers.ts'

const at = Date.UTC(2026, 10, 22)
const files = [
  { name: 'bundle/empty', content: Buffer.alloc(0) },
  { name: 'bundle/one-block', content: Buffer.alloc(512, 'a') },
  { name: 'bundle/größe.json', content: Buffer.from('{}\n') },
  { name: `${'n'.repeat(100)}`, content: Buffer.alloc(5000, 'b') },
]

t.test('tar unpacks what was packed', needs('tar'), async (t) => {
  const folder = t.testdir({ out: {} })
  const archive = join(folder, 'archive.tar')
  writeFileSync(archive, tar(files, at))
  const listed = execFileSync('tar', ['--list', '--file', archive], { encoding: 'utf8' })
  t.equal(listed.trimEnd().split('\n').length, files.length)
  execFileSync('tar', ['--extract', '--file', archive, '--directory', join(folder, 'out')])
  for (const { name, content } of files) {
    const path = join(folder, 'out', name)
    t.ok(readFileSync(path).equals(content), name)
    t.equal(statSync(path).mtimeMs, at)
    t.equal(statSync(path).mode & 0o777, 0o600)
  }
  t.equal(readdirSync(join(folder, 'out', 'bundle')).length, 3)
})

t.test('the same files make the same bytes', async (t) => {
  t.ok(tar(files, at).equals(tar(files, at)))
  t.equal(tar(files, at).length % 512, 0)
})

t.test('a name that does not fit is refused', async (t) => {
  t.throws(() => tar([{ name: 'n'.repeat(101), content: Buffer.alloc(0) }], at), RangeError)
})
