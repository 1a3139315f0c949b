/**
 * The folders of a source that takes files, and the options that each such source has. What may be
 * dropped is the source's to say: `folder` has its documentation and default there.
 */
import { resolve } from 'node:path'
import { error } from '../error.ts'

export interface DropOptions {
  folder: string
  after: 'move' | 'delete' | 'keep'
  /** null: `done` in the folder. */
  done: string | null
  /** null: `failed` in the folder. */
  failed: string | null
  /** ms; 0: for ever. */
  keepDone: number
  /** ms; null: by the file system. */
  settle: number | null
  watch: 'auto' | 'poll' | 'events'
}

/** All of `DropOptions` but `folder`. */
export const dropSchema = {
  after: {
    doc: 'What becomes of a file that was read; delete removes it from done after a minute; with keep, for read-only shares, it is remembered.',
    format: ['move', 'delete', 'keep'],
    default: 'move',
  },
  done: {
    doc: 'Where files go that were read; <folder>/done when not set; on the same file system, so that what a slow program adds later is noticed. For Cefline alone.',
    format: 'text?',
    default: null,
  },
  failed: {
    doc: 'Where files go that can never be read; <folder>/failed when not set. For Cefline alone.',
    format: 'text?',
    default: null,
  },
  keepDone: {
    doc: 'How long files stay in done and failed before they are removed; 0 keeps them for ever.',
    format: 'age',
    default: 30 * 86_400_000,
  },
  settle: {
    doc: 'How long a file must not change before it is read; 250ms when not set, 5s on a network share.',
    format: 'duration',
    default: null,
  },
  watch: {
    doc: 'How new files are noticed; auto polls where the file system is a network one.',
    format: ['auto', 'poll', 'events'],
    default: 'auto',
  },
} as const

export interface DropFolders {
  /** Absolute paths. */
  folder: string
  done: string
  failed: string
  after: 'move' | 'delete' | 'keep'
}

/** The folders of a source's options, made absolute; `name` is the source's key in the configuration.
 * Throws `config` when a file would come back to the folder that it is taken from. */
export function dropFolders(
  name: string,
  options: Pick<DropOptions, 'folder' | 'done' | 'failed' | 'after'>,
): DropFolders {
  const folder = resolve(options.folder)
  const done = resolve(options.done ?? `${folder}/done`)
  const failed = resolve(options.failed ?? `${folder}/failed`)
  for (const [option, path] of Object.entries({ done, failed })) {
    if (path !== folder) continue
    throw error(
      'config',
      `sources.${name}.${option}: "${path}" is the drop folder itself; name another folder`,
      { permanent: true },
    )
  }
  return { folder, done, failed, after: options.after }
}
