import { mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { purge } from '../../src/io/purge.ts'

t.test('removes old regular files and nothing else', async (t) => {
  const folder = t.testdir({ 'a.csv': '1', 'b.csv': '2' })
  mkdirSync(join(folder, 'sub'))
  symlinkSync('a.csv', join(folder, 'link'))
  t.equal(await purge(folder, 60_000), 0, 'not yet')
  t.equal(await purge(folder, -60_000), 2)
  t.strictSame(readdirSync(folder).sort(), ['link', 'sub'])
  t.equal(await purge(join(folder, 'none'), 0), 0, 'no folder, no files')
})
