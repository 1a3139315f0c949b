/**
 * Copies for moves between file systems: what is said to be copied is on the disk.
 */
import { open } from 'node:fs/promises'
import { openRegular } from './regular-file.ts'
import { printableName } from './file-name.ts'

const chunkBytes = 1024 * 1024

/** Copies bytes and times to a new file, and syncs it. Throws what the system throws; then there may
 * be a part of the new file. */
export async function copySynced(from: Buffer, to: Buffer): Promise<void> {
  const { handle: source } = await openRegular(from, printableName(from))
  try {
    const target = await open(to, 'wx', 0o600)
    try {
      const buffer = Buffer.allocUnsafe(chunkBytes)
      for (;;) {
        const { bytesRead } = await source.read(buffer, 0, buffer.length)
        if (bytesRead === 0) break
        await target.writeFile(buffer.subarray(0, bytesRead))
      }
      const { atime, mtime } = await source.stat()
      await target.utimes(atime, mtime)
      await target.sync()
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

/** Makes the names in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
