/**
 * Folders that must not be one and the same: a file that is put where a source takes files from is
 * read, one in `done` or `failed` is removed after a time, and the spool is for nobody else.
 *
 * Compared are paths, not what is on the disk: nothing of it need be there yet.
 */
import { resolve } from 'node:path'
import type { Path } from './document.ts'
import { dotted } from './document.ts'
import type { Problems } from './problems.ts'
import type { Options } from './section.ts'

interface Folder {
  path: Path
  /** As it was written, or as it is by default. */
  written: string
  absolute: string
  use: 'drop' | 'done' | 'spool'
  /** It follows from the drop folder, of which there is enough to say. */
  implied: boolean
}

/** Why two folders of these uses must differ; those that are not here may be the same. */
const reasons: Record<string, string> = {
  'drop drop': 'give every source a drop folder of its own',
  'drop done': 'files that are put there would be read again, name another folder',
  'drop spool': 'give the spool a folder of its own',
  'done done':
    'a file that is written to after its move goes back to the drop folder of its source, give every source folders of its own',
  'spool done': 'what is put there is removed after a time, give the spool a folder of its own',
}

/** Tells which folders of the sources (`folder`, `done`, `failed`) and the spool are the same. */
export function checkFolders(
  sources: readonly { name: string; options: Options }[],
  spool: string,
  cwd: string,
  problems: Problems,
): void {
  const folder = (path: Path, written: string, use: Folder['use'], implied = false): Folder => {
    return { path, written, absolute: resolve(cwd, written), use, implied }
  }
  const all = sources.flatMap(({ name, options }) => {
    const drop = options['folder']
    // That of a bucket is none here.
    if (typeof drop !== 'string' || typeof options['bucket'] === 'string') return []
    const after = ['done', 'failed'].map((option) => {
      const written = options[option]
      const path: Path = ['sources', name, option]
      if (typeof written === 'string') return folder(path, written, 'done')
      return folder(path, `${drop}/${option}`, 'done', true)
    })
    return [folder(['sources', name, 'folder'], drop, 'drop'), ...after]
  })
  all.push(folder(['spool', 'folder'], spool, 'spool'))
  for (const [index, one] of all.entries()) {
    for (const [otherIndex, other] of all.entries()) {
      const reason = reasons[`${one.use} ${other.use}`]
      // Of two alike the second is told.
      const isTold = one.use === other.use && index <= otherIndex
      if (reason === undefined || isTold || one.absolute !== other.absolute) continue
      // One source may put what it has read and what it could not read into one folder.
      if (one.use === 'done' && one.path[1] === other.path[1]) continue
      if (one.implied && other.implied) continue
      const same = `is the same folder as ${dotted(other.path)}; ${reason}`
      problems.addValue(one.path, one.written, same)
    }
  }
}
