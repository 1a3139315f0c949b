/**
 * What a value takes in LMDB's file: pages of its own when it is large.
 */
export function weight(size: number): number {
  return size < 2000 ? size + 64 : Math.ceil((size + 16) / 4096) * 4096
}
