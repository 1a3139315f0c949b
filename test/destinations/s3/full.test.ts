import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { create } from '../../../src/destinations/s3.ts'
import { startStandIn } from '../../helpers/s3-stand-in.ts'
import { blockOf, cefLine, Feed, recorder } from '../../helpers/sink.ts'

/** A file system with room for the first chunks of two drafts, and not for their ends; undefined where
 * none can be mounted. */
function mountDisk(): string | undefined {
  const disk = mkdtempSync(join(tmpdir(), 'cefline-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=192k', 'none', disk], { stdio: 'ignore' })
    return disk
  } catch {
    rmSync(disk, { recursive: true })
    return undefined
  }
}

const disk = mountDisk()
t.teardown(() => {
  if (disk === undefined) return
  execFileSync('umount', ['-l', disk])
  rmSync(disk, { recursive: true })
})

/** Files of a folder that this process has open, also those that were removed. */
function openIn(folder: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      const path = readlinkSync(join('/proc/self/fd', name))
      return path.startsWith(folder) ? [path] : []
    } catch {
      return []
    }
  })
}

const skip = disk === undefined && 'a mount of tmpfs is not possible here'
t.test('disk full: it is said, and nothing stays open', { skip }, async (t) => {
  const s3 = await startStandIn(t, () => undefined)
  const folder = join(disk ?? '', 's3')
  const options = {
    ...s3.options,
    format: 'both',
    gzip: false,
    maxBytes: 64_000_000,
    maxAge: 60_000,
    sse: 'none',
    kmsKey: null,
  } as const
  const deliver = async (count: number) => {
    const lines = Array.from({ length: count }, (_, index) => cefLine(index, 'm'.repeat(920)))
    const feed = new Feed(blockOf(1, lines))
    feed.end()
    const delivery = recorder()
    const destination = create(options, { name: 'bucket', folder })
    await destination.deliver(feed, delivery, new AbortController().signal)
    return delivery.receipts
  }
  for (let tries = 0; tries < 3; tries += 1) {
    const cure = /disk is full: make room/
    await t.rejects(deliver(125), { code: 'write-failed', message: cure })
    t.same(openIn(folder), [], 'an open file would keep its room')
  }
  t.equal(s3.standIn.objects.size, 0)
  t.same(await deliver(30), [1], 'what has room goes')
  t.equal(s3.standIn.objects.size, 2)
})
