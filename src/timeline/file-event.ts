/**
 * What bodyfile and mactime tell of a file, as a timeline's event.
 */
import type { BodyfileName } from './bodyfile-name.ts'
import type { TimelineEvent } from './event.ts'
import { emptyEvent } from './event.ts'
import { typeOfMacb } from './macb.ts'

export interface FileAttributes {
  name: BodyfileName
  /** As written: `62357-128-1` is the MFT's entry, the attribute's type and number. */
  meta: string
  /** `r/rrwxrwxrwx`: the type by the name and by the metadata, and the permissions; or without the first. */
  mode: string
  uid: string
  gid: string
  size: string
  md5: string
}

/** An event of it, without its time and letters. `format` is the parser's name. */
export function fileEvent(file: FileAttributes, format: string): TimelineEvent {
  const { name, meta, mode } = file
  const inode = meta.split('-')[0] ?? ''
  return {
    ...emptyEvent(),
    source: 'FILE',
    sourcetype: 'File stat',
    short: name.text,
    path: name.path,
    inode: inode === '' || meta.startsWith('-') ? meta : inode,
    format,
    isFolder: isFolder(mode),
    other: present([
      ['file_size', file.size],
      ['mode', mode],
      ['uid', file.uid],
      ['gid', file.gid],
      ['md5_hash', /^0*$/.test(file.md5) ? '' : file.md5],
      ['meta_address', meta === inode ? '' : meta],
      ['attribute_name', name.attribute],
      ['symbolic_link_target', name.target],
      ['is_allocated', name.isDeleted ? 'False' : ''],
    ]),
  }
}

/** Sets the letters, in any case, and the descriptions of the times that they stand for. */
export function setLetters(event: TimelineEvent, macb: string): TimelineEvent {
  event.macb = macb.toUpperCase()
  event.type = typeOfMacb(macb) || 'Not a time'
  return event
}

/** Whether such a mode is a symbolic link's. */
export function isLink(mode: string): boolean {
  return mode.startsWith('l') || mode.startsWith('-/l')
}

/** By the metadata's type where there is one, else by the name's; `-/-` says nothing. */
function isFolder(mode: string): boolean | undefined {
  const types = mode.charAt(1) === '/' ? mode.charAt(2) + mode.charAt(0) : mode.charAt(0)
  const type = [...types].find((letter) => letter !== '-')
  if (type !== undefined) return type === 'd'
  return mode.charAt(1) === '/' || mode === '' ? undefined : false
}

function present(pairs: [string, string][]): [string, string][] {
  return pairs.filter(([, value]) => value !== '' && value !== '-')
}
