import { resolve } from 'node:path'
import t from 'tap'
import { dropFolders, dropSchema } from '../../src/drop/folders.ts'

const unset = { done: null, failed: null, after: 'move' } as const

t.test('absolute, and beside each other in the folder when not set', async (t) => {
  const folder = resolve('drop')
  t.strictSame(dropFolders('alerts', { ...unset, folder: './drop/' }), {
    folder,
    done: `${folder}/done`,
    failed: `${folder}/failed`,
    after: 'move',
  })
  const both = { done: 'kept', failed: 'kept', after: 'delete' } as const
  t.match(dropFolders('alerts', { ...both, folder }), {
    done: resolve('kept'),
    failed: resolve('kept'),
    after: 'delete',
  })
})

t.test('a file would come back to where it is taken from', async (t) => {
  for (const option of ['done', 'failed']) {
    t.throws(() => dropFolders('alerts', { ...unset, folder: 'drop', [option]: './drop/' }), {
      code: 'config',
      permanent: true,
      message: new RegExp(`^sources\\.alerts\\.${option}: ".*/drop" is the drop folder itself`),
    })
  }
})

t.test('the options are those of every drop folder', async (t) => {
  const options = ['after', 'done', 'failed', 'keepDone', 'settle', 'watch']
  t.strictSame(Object.keys(dropSchema), options)
})
