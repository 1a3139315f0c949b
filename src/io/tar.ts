/**
 * A tar archive of a few files in memory, in the order given: POSIX.1-1988 ustar, which every tar
 * reads. It is the same to the byte for the same files and time. Folders come to be by the names.
 *
 * Written here, as it is one header of fixed fields: no library of the project's writes one.
 */
const blockSize = 512
/** Of the name field. One that is longer would need another header. */
const longestName = 100

export interface TarFile {
  /** Relative, with `/`; at most 100 bytes. */
  name: string
  content: Buffer
}

/** `at`: every file's time, ms since 1970. They are for their owner only. */
export function tar(files: readonly TarFile[], at: number): Buffer {
  const blocks = files.flatMap(({ name, content }) => {
    const rest = content.length % blockSize
    const filling = Buffer.alloc(rest === 0 ? 0 : blockSize - rest)
    return [header(name, content.length, at), content, filling]
  })
  // Two blocks of zeros are the end.
  return Buffer.concat([...blocks, Buffer.alloc(2 * blockSize)])
}

function header(name: string, size: number, at: number): Buffer {
  if (Buffer.byteLength(name) > longestName) throw new RangeError(`${name} is too long for tar`)
  const block = Buffer.alloc(blockSize)
  const octal = (value: number, offset: number, length: number) => {
    block.write(value.toString(8).padStart(length - 1, '0'), offset, 'latin1')
  }
  block.write(name, 0)
  octal(0o600, 100, 8)
  // User and group are nobody's in particular: root's numbers, and no names.
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(size, 124, 12)
  octal(Math.floor(at / 1000), 136, 12)
  block.write('0', 156)
  block.write('ustar\u000000', 257, 'latin1')
  octal(0, 329, 8)
  octal(0, 337, 8)
  // The sum of all bytes, with the field of the sum as spaces.
  block.write(' '.repeat(8), 148)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148, 'latin1')
  return block
}
