/**
 * Changes behind the spool's back, while it is closed.
 */
import { open } from 'lmdb'
import type { Key } from 'lmdb'

/** Changes the stored bytes of a value; returns them as they are then. */
export async function tamper(
  folder: string,
  name: 'blocks' | 'ids' | 'rejects' | 'meta',
  key: Key,
  change: (bytes: Buffer) => Buffer | undefined,
): Promise<Buffer> {
  const environment = open({ path: folder, noSubdir: false })
  const database = environment.openDB<Buffer, Key>({ name, encoding: 'binary' })
  const bytes = change(Buffer.from(database.getBinary(key) ?? []))
  if (bytes) await database.put(key, bytes)
  else await database.remove(key)
  await environment.close()
  return bytes ?? Buffer.alloc(0)
}

/** One bit of the last byte is wrong: of a block, in its lines. */
export function flip(bytes: Buffer): Buffer {
  return flipAt(bytes.length - 1)(bytes)
}

/** One bit is wrong. Of a block: byte 8 is in its version, 20 in `first`, 36 in `count`. */
export function flipAt(index: number): (bytes: Buffer) => Buffer {
  return (bytes) => {
    const flipped = Buffer.from(bytes)
    flipped[index] = (flipped[index] ?? 0) ^ 1
    return flipped
  }
}

/** Nothing of it can be read. */
export function zeros(bytes: Buffer): Buffer {
  return Buffer.alloc(bytes.length)
}
