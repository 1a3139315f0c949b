/**
 * gzip (RFC 1952) as a stream: members one after the other, zero bytes after the last. What was
 * unpacked before the data turned out to be torn or damaged is given first. Memory stays bounded,
 * whatever the data unpacks to, as little of it is unpacked at a time.
 *
 * Where data is damaged, up to 16 KiB of what was unpacked last are missing (Node gives nothing of the
 * step that fails), and what was unpacked behind the damage before it showed may be anything: deflate
 * has no checksum but the one at the end.
 */
import { once } from 'node:events'
import type { Gunzip } from 'node:zlib'
import { createGunzip } from 'node:zlib'
import { error } from '../error.ts'

/** At a thousand to one, deflate's best, it becomes 8 MiB. */
const inputBytes = 8 * 1024
const outputBytes = 16 * 1024

export function isGzip(beginning: Buffer): boolean {
  return beginning[0] === 0x1f && beginning[1] === 0x8b
}

/** Throws `encoding` (permanent), whose message goes on after a name and what was read: `ends …`. */
export async function* gunzipped(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: outputBytes })
  const unpacked: Buffer[] = []
  let failure: Error | undefined
  gunzip.on('data', (chunk: Buffer) => unpacked.push(chunk))
  gunzip.on('error', (thrown) => (failure = thrown))
  const ended = once(gunzip, 'end').catch(() => {})
  try {
    for await (const chunk of chunks) {
      if (failure) break
      for (let at = 0; at < chunk.length && !failure; at += inputBytes) {
        const input = chunk.subarray(at, at + inputBytes)
        const rest = await feed(gunzip, input, ended)
        yield* unpacked.splice(0)
        if (rest.some((byte) => byte !== 0)) throw torn('goes on after the end of what is packed')
      }
    }
    if (!failure) gunzip.end()
    await ended
    yield* unpacked.splice(0)
    if (failure) throw torn(reasons[codeOf(failure)] ?? `is damaged (${failure.message})`)
  } finally {
    gunzip.destroy()
  }
}

/** Gives what was not taken, because the packed data had ended. */
async function feed(gunzip: Gunzip, input: Buffer, ended: Promise<unknown>): Promise<Buffer> {
  if (gunzip.readableEnded) return input
  const before = gunzip.bytesWritten
  const written = new Promise<void>((resolve) => gunzip.write(input, () => resolve()))
  // When the data ends early it is not called back.
  await Promise.race([written, ended])
  return gunzip.readableEnded ? input.subarray(gunzip.bytesWritten - before) : input.subarray(0, 0)
}

const reasons: Record<string, string> = {
  Z_BUF_ERROR: 'ends in the middle of its packed data',
}

function torn(message: string): Error {
  return error('encoding', message, { permanent: true })
}

function codeOf(failure: Error): string {
  return 'code' in failure && typeof failure.code === 'string' ? failure.code : ''
}
