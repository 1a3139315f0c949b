/**
 * The small records as they lie in `meta`: JSON `[crc32, value]`, the checksum over key and value,
 * so that a record that has changed, or is another's, is never taken for what it was. Format 1 had
 * the value alone, which is still read.
 */
import { crc32 } from 'node:zlib'

/** What is read where something is and cannot be trusted. */
export const damaged = Symbol('damaged')

type Name = readonly (string | number)[]

export function sealed(key: Name, value: unknown): [number, unknown] {
  return [checksum(key, value), value]
}

/** The value; undefined where there is none. */
export function unsealed(key: Name, bytes: Buffer | undefined): unknown {
  if (bytes === undefined) return undefined
  try {
    const read = JSON.parse(bytes.toString()) as unknown
    if (!Array.isArray(read)) return read
    const [sum, value] = read as unknown[]
    return read.length === 2 && sum === checksum(key, value) ? value : damaged
  } catch {
    return damaged
  }
}

function checksum(key: Name, value: unknown): number {
  return crc32(JSON.stringify([key, value]))
}
