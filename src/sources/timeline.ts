/**
 * Forensic timelines, as files dropped into a folder: Cado's own CSV and JSON, plaso's, Timesketch's,
 * bodyfiles, mactime's and TLN, plain or gzip, of any size. What becomes of a file, read or not, is in
 * `drop/source.ts`. A row that cannot be read is set aside, and its file goes on; a file none of whose
 * rows can be read goes to `failed`.
 *
 * The same file dropped twice, or read again after a crash, adds nothing, and an export that was made
 * again adds what is new: an event's id is made from what it says (`timeline/identity.ts`). As the
 * evidence is a part of it, a file without it in its rows must keep its name.
 */
import type { Source, SourceContext } from '../core.ts'
import { dropFolders } from '../drop/folders.ts'
import { DropSource } from '../drop/source.ts'
import { zoneOffset } from '../io/time-zone.ts'
import { compileTimelineMapping } from '../mappings/cado.ts'
import { fileEvidence } from '../timeline/file-reader.ts'
import type { Options } from '../timeline/options.ts'
import { remapTimeline } from '../timeline/remap.ts'
import { timelineThread } from '../timeline/thread.ts'

export { schema } from '../timeline/options.ts'
export type { Options }

/** Throws `config` for options that are each well formed and cannot be used. */
export function create(options: Options, context: SourceContext): Source {
  const { keepDone, settle, watch, timezone, mapping } = options
  zoneOffset(timezone, `sources.${context.name}.timezone`)
  compileTimelineMapping(mapping, `sources.${context.name}.mapping`)
  return new DropSource({
    folders: dropFolders(context.name, options),
    ...{ keepDone, settle, watch },
    remembers: (id) => context.remembers(id),
    thread: timelineThread(options),
    remap: (reject) =>
      remapTimeline(reject, options, fileEvidence(reject.origin, options.evidence)),
  })
}
