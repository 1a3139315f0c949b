import { statfsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { freeSpace } from '../../src/io/free-space.ts'

t.test('of a folder, and of one that is still to be made', async (t) => {
  const folder = t.testdir({ file: '' })
  const { blocks, bsize } = statfsSync(folder)
  for (const place of [folder, join(folder, 'not', 'yet', 'made')]) {
    const free = await freeSpace(place)
    t.ok(free > 0 && free < blocks * bsize, place)
  }
  await t.rejects(freeSpace(join(folder, 'file', 'x')), { code: 'ENOTDIR' })
})
