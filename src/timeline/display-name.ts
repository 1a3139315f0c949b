/**
 * plaso's display names to paths: `OS:/tmp/a`, `NTFS:\a`, `VSS1:NTFS:\a` without what stands before the
 * path. Only the type indicators of dfVFS are taken off, in capitals as plaso writes them, so that `C:\a`
 * and `https://host/a` stay as they are.
 */

/** dfVFS, `dfvfs/lib/definitions.py`, and `GZIP` and `TAR` of plaso's own. */
const indicators = new Set(
  [
    ['APFS', 'APFS_CONTAINER', 'APM', 'BDE', 'BZIP2', 'COMPRESSED_STREAM', 'CPIO', 'CS'],
    [
      'DATA_RANGE',
      'ENCODED_STREAM',
      'ENCRYPTED_STREAM',
      'EWF',
      'EXT',
      'FAKE',
      'FAT',
      'FVDE',
      'GPT',
    ],
    ['GZIP', 'HFS', 'LUKSDE', 'LVM', 'MODI', 'MOUNT', 'NTFS', 'OS', 'PHDI', 'QCOW', 'RAW'],
    ['SQLITE_BLOB', 'TAR', 'TSK', 'TSK_PARTITION', 'VHDI', 'VMDK', 'VSHADOW', 'XFS', 'ZIP'],
  ].flat(),
)

const shadow = /^VSS\d+$/

/** The path of a display name. */
export function pathOf(displayName: string): string {
  const colon = displayName.indexOf(':')
  // The shortest indicator has two letters: a drive's single letter is none.
  if (colon < 2) return displayName
  const before = displayName.slice(0, colon)
  const after = displayName.slice(colon + 1)
  if (indicators.has(before)) return after
  return before.startsWith('VSS') && shadow.test(before) ? pathOf(after) : displayName
}
