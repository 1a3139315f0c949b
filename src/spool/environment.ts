/**
 * The LMDB environment with its four databases, opened to write or only to read.
 */
import { open } from 'lmdb'
import type { Database, Key, RootDatabase } from 'lmdb'
import type { Databases } from './databases.ts'

export interface Environment extends Databases {
  readonly root: RootDatabase<unknown, Key>
}

/** Throws what LMDB throws. To read only, the spool must be there, and may be another process's. */
export function openEnvironment(folder: string, readOnly = false): Environment {
  const root = open<unknown, Key>({
    path: folder,
    // Else a folder with a dot in its name is taken for a file.
    noSubdir: false,
    // Only so a transaction that resolves is durable.
    overlappingSync: false,
    eventTurnBatching: false,
    readOnly,
  })
  try {
    const database = (name: string): Database<Buffer, Key> =>
      root.openDB<Buffer, Key>({ name, encoding: 'binary' })
    return {
      root,
      blocks: database('blocks'),
      ids: database('ids'),
      rejects: database('rejects'),
      meta: root.openDB<unknown, Key>({ name: 'meta', encoding: 'json' }),
    }
  } catch (thrown) {
    void root.close()
    throw thrown
  }
}
