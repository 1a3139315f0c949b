import { mkdtempSync, rmSync, statSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { isContainerLayer } from '../../src/io/volume.ts'

t.test('a folder beside the root of a container is in its layer', async (t) => {
  const folder = mkdtempSync('/var/tmp/cefline-volume-')
  t.teardown(() => rmSync(folder, { recursive: true }))
  const sameVolume = statSync(folder).dev === statSync('/').dev
  const marks = [join(folder, '..')]
  const mounts = (root: string) => {
    const file = join(folder, 'mountinfo')
    writeFileSync(file, `22 27 0:21 / /proc rw - proc proc rw\n6 27 1 / / rw - x x rw\n${root}\n`)
    return file
  }
  const folderOfHost = mounts('7 6 8:1 /var/lib/vfs/dir/1 / rw,relatime - ext4 /dev/sda1 rw')
  t.equal(await isContainerLayer(folder, { marks, mounts: folderOfHost }), sameVolume)
  const noDevice = mounts('7 6 0:52 / / rw,relatime - fuse-overlayfs fuse-overlayfs rw')
  t.equal(await isContainerLayer(folder, { marks, mounts: noDevice }), sameVolume)
  const unknown = join(folder, 'nowhere')
  t.equal(await isContainerLayer(folder, { marks, mounts: unknown }), sameVolume)
  t.equal(await isContainerLayer('/proc', { marks: ['/'] }), false, 'another volume is none of it')
  const isOverlay = statfsSync('/').type === 0x794c7630
  const disk = mounts('7 1 254:0 / / rw,relatime - ext4 /dev/vda rw')
  t.equal(
    await isContainerLayer(folder, { marks, mounts: disk }),
    sameVolume && isOverlay,
    'a machine that was made from an image has its marks, and a disk of its own',
  )
})
