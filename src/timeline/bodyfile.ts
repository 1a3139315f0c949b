/**
 * The bodyfile of the Sleuth Kit, a line for each file:
 *
 *     3.x  MD5|name|inode|mode|UID|GID|size|atime|mtime|ctime|crtime
 *     2.x  MD5|name|device|inode|mode value|mode|links|UID|GID|rdev|size|atime|mtime|ctime|block size|blocks
 *
 * Which of the two is told line by line, by where the mode is: a name may hold `|`, so that the first
 * field is counted from the left and the others from the right.
 *
 * A line is up to four events, those of one time merged with their letters, oldest first. `0`, or nothing, is
 * "not set"; a line without any time becomes one event without an instant, of type `Not a time`.
 */
import { error } from '../error.ts'
import { bodyfileName } from './bodyfile-name.ts'
import type { DecoderOptions, TimelineDecoder } from './decoder.ts'
import type { TimelineEvent } from './event.ts'
import type { FileAttributes } from './file-event.ts'
import { fileEvent, isLink, setLetters } from './file-event.ts'
import type { Instant } from './instant.ts'
import { instantOfUnix } from './instant.ts'
import { LineDecoder } from './line-decoder.ts'
import { noMacb } from './macb.ts'
import { shown } from './row-items.ts'

export function bodyfileDecoder(options: DecoderOptions): TimelineDecoder {
  return new LineDecoder('bodyfile', { read }, options)
}

/** Field names in the order of a line, behind the name. */
const fieldsOf3 = ['inode', 'mode', 'uid', 'gid', 'size', 'atime', 'mtime', 'ctime', 'crtime']
const fieldsOf2 = [
  ['device', 'inode', 'modeValue', 'mode', 'links', 'uid', 'gid', 'rdev', 'size'],
  ['atime', 'mtime', 'ctime', 'blockSize', 'blocks'],
].flat()

/** A time's field and letter. */
const times = [
  ['mtime', 0],
  ['atime', 1],
  ['ctime', 2],
  ['crtime', 3],
] as const

function read(text: string): TimelineEvent[] {
  const cells = text.split('|')
  const names = is2(cells) ? fieldsOf2 : fieldsOf3
  const first = cells.length - names.length
  if (first < 2) {
    const reason = `has ${cells.length} fields where a bodyfile has 11 (or 16); correct the row and drop it again`
    throw error('row', reason, { permanent: true })
  }
  const field = (name: string): string => (cells[first + names.indexOf(name)] ?? '').trim()
  const mode = field('mode')
  const file: FileAttributes = {
    name: bodyfileName(cells.slice(1, first).join('|'), isLink(mode)),
    meta: field('inode'),
    mode,
    uid: field('uid'),
    gid: field('gid'),
    size: field('size'),
    md5: (cells[0] ?? '').trim(),
  }
  const groups = grouped((name) => (names.includes(name) ? field(name) : ''))
  if (groups.length === 0) return [setLetters(fileEvent(file, 'bodyfile'), noMacb)]
  return groups.map(({ instant, macb }) => {
    return { ...setLetters(fileEvent(file, 'bodyfile'), macb), instant }
  })
}

/** The letters of each time that there is, oldest first. */
function grouped(field: (name: string) => string): { instant: Instant; macb: string }[] {
  const groups: { instant: Instant; macb: string }[] = []
  for (const [name, place] of times) {
    const instant = timeOf(field(name), name)
    if (!instant) continue
    let group = groups.find((group) => compare(group.instant, instant) === 0)
    if (!group) {
      group = { instant, macb: noMacb }
      groups.push(group)
    }
    group.macb = group.macb.slice(0, place) + 'MACB'.charAt(place) + group.macb.slice(place + 1)
  }
  return groups.sort((one, other) => compare(one.instant, other.instant))
}

function timeOf(written: string, name: string): Instant | undefined {
  try {
    return instantOfUnix(written, 'seconds')
  } catch (cause) {
    throw error(
      'date',
      `${shown(written)} in ${name} is no Unix time, seconds since 1970; correct the row and drop it again`,
      { cause, permanent: true },
    )
  }
}

function compare(one: Instant, other: Instant): number {
  return one.seconds - other.seconds || one.nanos - other.nanos
}

/** 2.x has its mode 11 from the right, where 3.x has part of the name, and a number where 3.x has it. */
function is2(cells: string[]): boolean {
  const count = cells.length
  return count >= 16 && isMode(cells[count - 11]) && !isMode(cells[count - 8])
}

function isMode(cell: string | undefined): boolean {
  return cell !== undefined && /^(?:[\w-]\/)?[a-z-][a-zA-Z-]{8,}[.+@]?$/.test(cell.trim())
}
