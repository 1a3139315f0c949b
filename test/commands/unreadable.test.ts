import t from 'tap'
import { preview } from '../../src/commands/preview.ts'
import { unreadable } from '../../src/commands/unreadable.ts'

t.test('why a file cannot be read, and the cure', async (t) => {
  const said = (code: string) => unreadable('a.csv', Object.assign(new Error(), { code })).message
  t.equal(said('ENOENT'), 'a.csv cannot be read (ENOENT): there is no such file; correct the path')
  t.match(said('EACCES'), /this user may not read it; /)
  t.match(said('EISDIR'), /it is a folder; /)
  t.match(said('EIO'), 'a.csv cannot be read (EIO): look at its disk')
})

t.test('preview of a file that is not there', async (t) => {
  const file = `${t.testdir()}/nofile.csv`
  await t.rejects(preview({ config: undefined, files: [file] }), {
    code: 'file-unreadable',
    message: /there is no such file; correct the path/,
  })
})
