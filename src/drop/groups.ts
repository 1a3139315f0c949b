/**
 * Which files are read together. Small files that are new share their batches; a file that something
 * went wrong with before is read by itself, so that one which ends the thread takes no other along.
 */
import type { Held } from '../io/held.ts'
import type { SeenFile } from '../io/settled.ts'

export interface DropGroup {
  files: SeenFile[]
  /** Nothing of them is missing in the spool, only their move. */
  wasRead: boolean
  /** One file that something went wrong with before: nothing else is to be read meanwhile. */
  alone: boolean
}

/** Files that are moved after one commit at most, and their bytes unless one alone has more. */
const mostFiles = 256
const mostBytes = 8n * 1024n * 1024n

/** In the files' order. What `held` knows is asked when the group is asked for. */
export function* dropGroups(
  files: SeenFile[],
  held: Pick<Held, 'knows' | 'wasRead'>,
): Generator<DropGroup, void> {
  let group: DropGroup = { files: [], wasRead: false, alone: false }
  let bytes = 0n
  for (const file of files) {
    const wasRead = held.wasRead(file)
    const alone = held.knows(file) && !wasRead
    const isFull = group.files.length === mostFiles || bytes + file.identity.size > mostBytes
    if (group.files.length > 0 && (alone || isFull || group.wasRead !== wasRead)) {
      yield group
      group = { files: [], wasRead, alone: false }
      bytes = 0n
    }
    group.files.push(file)
    group.wasRead = wasRead
    group.alone = alone
    bytes += file.identity.size
    if (alone) bytes = mostBytes + 1n
  }
  if (group.files.length > 0) yield group
}
