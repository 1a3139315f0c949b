import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { DropFinish } from '../../src/drop/finish.ts'
import { dropFolders } from '../../src/drop/folders.ts'
import { asideName } from '../../src/io/file-name.ts'
import { eventually } from '../helpers/daemon.ts'

t.test('the purge leaves what a crash left amid a move, which nobody may have read', async (t) => {
  const [one, other] = [asideName(), asideName()]
  const folder = t.testdir({
    done: { [one]: 'x', 'old.csv': 'x' },
    failed: { [other]: 'x', b: 'x' },
  })
  const folders = dropFolders('a', { folder, done: null, failed: null, after: 'move' })
  const finish = new DropFinish(folders, -60_000)
  t.strictSame(finish.purge(), [])
  const left = (name: string) => readdirSync(join(folder, name))
  await eventually(
    async () => left('done').length + left('failed').length === 2 || undefined,
    'two',
  )
  t.strictSame([left('done'), left('failed')], [[one], [other]])
  t.strictSame(await finish.end(), [])
})
