import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { makeFolder, makeFolderSync } from '../../src/io/make-folder.ts'

t.test('with those above it, and again', async (t) => {
  const folder = t.testdir({ file: 'x' })
  const path = join(folder, 'a', 'b', 'c')
  await makeFolder(path, 0o700)
  await makeFolder(path)
  t.equal(statSync(join(folder, 'a')).mode & 0o777, 0o700)
  await Promise.all([1, 2, 3].map(() => makeFolder(join(folder, 'd', 'e'))))
  t.ok(existsSync(join(folder, 'd', 'e')))
  await t.rejects(makeFolder(join(folder, 'file')), { code: 'EEXIST' })
  await t.rejects(makeFolder(join(folder, 'file', 'below')), { code: 'ENOTDIR' })
})

t.test('the same without a wait', async (t) => {
  const folder = t.testdir({ file: 'x' })
  const path = join(folder, 'a', 'b', 'c')
  makeFolderSync(path, 0o700)
  makeFolderSync(path)
  t.equal(statSync(join(folder, 'a')).mode & 0o777, 0o700)
  t.ok(statSync(path).isDirectory())
  t.throws(() => makeFolderSync(join(folder, 'file')), { code: 'EEXIST' })
  t.throws(() => makeFolderSync(join(folder, 'file', 'below')), { code: 'ENOTDIR' })
})

t.test(
  'it ends where the system makes no folders',
  { skip: existsSync('/proc/self') ? false : 'there is no /proc' },
  async (t) => {
    await t.rejects(makeFolder('/proc/cefline/a/b'), { code: 'ENOENT' })
    t.throws(() => makeFolderSync('/proc/cefline/a/b'), { code: 'ENOENT' })
  },
)
