import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { isContainerLayer } from '../../src/io/volume.ts'

t.test('a folder beside the root of a container is in its layer', async (t) => {
  const folder = mkdtempSync('/var/tmp/cefline-volume-')
  t.teardown(() => rmSync(folder, { recursive: true }))
  const sameVolume = statSync(folder).dev === statSync('/').dev
  t.equal(await isContainerLayer(folder, [join(folder, '..')]), sameVolume)
  t.equal(await isContainerLayer('/proc', ['/']), false, 'another volume is none of it')
})
