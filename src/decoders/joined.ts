/**
 * What is held of a stream with its next chunk behind it, in one buffer that is used again: `held` from
 * `first` to `filled` moves to the front. A buffer that is too small is replaced by one twice as large.
 */
export function joined(held: Buffer, first: number, filled: number, chunk: Buffer): Buffer {
  const kept = filled - first
  const wanted = kept + chunk.length
  const buffer =
    wanted > held.length ? Buffer.allocUnsafeSlow(Math.max(held.length * 2, wanted)) : held
  if (buffer !== held || first > 0) held.copy(buffer, 0, first, filled)
  chunk.copy(buffer, kept)
  return buffer
}
