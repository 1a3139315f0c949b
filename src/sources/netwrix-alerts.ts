/**
 * Netwrix Auditor's alerts, as files dropped into a folder.
 *
 * Netwrix runs an alert's response action with a TAB-delimited "CSV" that it deletes when the action
 * ends, so the action copies it here and exits 0 ("Response action for alerts"). What becomes of a
 * file, read or not, is in `drop/source.ts`. A row that cannot be read is set aside, and its file goes
 * on.
 *
 * The same file dropped twice, or read again after a crash, adds nothing: a row's id is its RID, or
 * the digest of the whole file with the row's number.
 */
import type { Source, SourceContext } from '../core.ts'
import { dropFolders } from '../drop/folders.ts'
import { DropSource } from '../drop/source.ts'
import { compileMapping } from '../mappings/compile.ts'
import type { Options } from '../netwrix/alert-options.ts'
import { remapAlert } from '../netwrix/alert-remap.ts'
import { alertThread } from '../netwrix/alert-thread.ts'
import { fromZone } from '../io/local-time.ts'

export { schema } from '../netwrix/alert-options.ts'
export type { Options }

/** Throws `config` for options that are each well formed and cannot be used. */
export function create(options: Options, context: SourceContext): Source {
  const { keepDone, settle, watch, timezone, mapping } = options
  fromZone(timezone)
  compileMapping(mapping, `sources.${context.name}.mapping`)
  return new DropSource({
    folders: dropFolders(context.name, options),
    ...{ keepDone, settle, watch },
    again: '; its rows without a RID are sent twice',
    remembers: (id) => context.remembers(id),
    thread: alertThread(options),
    remap: (reject) => remapAlert(reject, options),
  })
}
