/**
 * What kind of file system a folder lies on, by the type number that Linux' statfs(2) gives. On one
 * of another machine's there are no events for what that machine does, so it must be polled.
 */
import { statfs } from 'node:fs/promises'

export interface FileSystem {
  /** `ext4`, `nfs`, …; the number in hexadecimal when it is none of those below. */
  name: string
  /** Changes may come from elsewhere, without an event here. */
  network: boolean
}

const network: Record<number, string> = {
  0x6969: 'nfs',
  0x517b: 'smb',
  0xff534d42: 'cifs',
  0xfe534d42: 'smb2',
  0x01021997: '9p',
  0x65735546: 'fuse',
  0x00c36400: 'ceph',
  0x5346414f: 'afs',
  0x6b414653: 'afs',
  0x73757245: 'coda',
  0x564c: 'ncp',
  0x786f4256: 'vboxsf',
  0xbacbacbc: 'vmhgfs',
  0x7c7c6673: 'prl_fs',
  0x01161970: 'gfs2',
  0x7461636f: 'ocfs2',
  0x0bd00bd0: 'lustre',
  0x47504653: 'gpfs',
}

const local: Record<number, string> = {
  0xef53: 'ext4',
  0x58465342: 'xfs',
  0x9123683e: 'btrfs',
  0x01021994: 'tmpfs',
  0x794c7630: 'overlay',
  0x2fc12fc1: 'zfs',
  0xf2f52010: 'f2fs',
  0x4d44: 'vfat',
}

/** Throws what the system throws when the folder cannot be reached. */
export async function fileSystemOf(folder: string): Promise<FileSystem> {
  return fileSystemType((await statfs(folder)).type)
}

/** The type number, which is signed on some machines, in words. */
export function fileSystemType(type: number): FileSystem {
  const number = type >>> 0
  const remote = network[number]
  if (remote) return { name: remote, network: true }
  return { name: local[number] ?? `0x${number.toString(16)}`, network: false }
}
