/**
 * What Cado's standard makes of `filePath`, where a row does not have it: `parent` and
 * `filename_stripped`.
 */
import { folderOf, isSeparator } from './netwrix-names.ts'

/** A path with a blank for each run of separators. */
export function strippedOf(path: string): string {
  let stripped = ''
  let from = 0
  for (let index = 0; index < path.length; index += 1) {
    if (!isSeparator(path.charCodeAt(index))) continue
    stripped += `${path.slice(from, index)} `
    while (index + 1 < path.length && isSeparator(path.charCodeAt(index + 1))) index += 1
    from = index + 1
  }
  return from === 0 ? path : stripped + path.slice(from)
}

/** The folder that a path is in; that of `/a` is `/`, and of `C:\a` it is `C:\`. */
export function parentOf(path: string): string {
  const folder = folderOf(path)
  if (folder.length > 2 || path.length <= folder.length + 1) return folder
  const isRoot = folder === '' || /^[A-Za-z]:$/.test(folder)
  const atSeparator = isSeparator(path.charCodeAt(folder.length))
  return isRoot && atSeparator ? folder + path.charAt(folder.length) : folder
}
