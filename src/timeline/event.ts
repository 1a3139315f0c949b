/**
 * One event of a forensic timeline, as every format's decoder gives it and as `mappings/cado.ts` takes
 * it. The fields are those of Cado's timeline (the event object of `GET /api/v3/timeline`), whose
 * rows are plaso's: where both have a name for a thing, the column of plaso's `l2tcsv` is named beside it.
 *
 * Texts are as the file has them; `''` is "none", and so is plaso's `-`: decoders do not hand it on.
 */
import type { Instant } from './instant.ts'

export interface Alarm {
  description: string
  /** Cado's scale, on which lower is worse: 1 malicious, 3 suspicious, 10 other; undefined: not given. */
  severity: number | undefined
  helpText: string
}

export interface TimelineEvent {
  /** Undefined where the source has none: `0`, 1601, "Not a time". It never becomes 1970. */
  instant: Instant | undefined
  /** Such as `FILE`, `LOG`, `REG`, `EVT`. */
  source: string
  /** More specific: `Registry Key - UserAssist`. */
  sourcetype: string
  /** What the instant is of: `Content Modification Time`, several joined with `; `. */
  type: string
  /** Four letters or dots, `M.C.`. */
  macb: string
  user: string
  host: string
  /** One line, at most 80 characters where plaso made it. */
  short: string
  /** The whole text (`desc`, `message`), where the format has it; else ''. */
  message: string
  /** `filename` without plaso's `OS:` or `TSK:` before it; slashes as they are. */
  path: string
  inode: string
  /** As text: tags of plaso, or what an analyst wrote; a list as Python prints it. */
  notes: string
  /** plaso's parser chain: `winreg/userassist`. */
  format: string
  extra: string
  tag: string
  sha256: string
  /** Undefined where the rows do not say: then it is the source's. */
  evidenceId: number | undefined
  evidenceName: string
  /** As Cado gave it; '' elsewhere. */
  eventId: string
  isFolder: boolean | undefined
  alarms: Alarm[]
  /** Whatever else the row has, by the name it has there, as text: `domain`, `executed_process`,
   * `source_port`, `query_suggestions`; a list or map as Python prints it (`python-text.ts`). */
  other: [name: string, value: string][]
}

/** A new one with nothing in it. */
export function emptyEvent(): TimelineEvent {
  return {
    instant: undefined,
    source: '',
    sourcetype: '',
    type: '',
    macb: '',
    user: '',
    host: '',
    short: '',
    message: '',
    path: '',
    inode: '',
    notes: '',
    format: '',
    extra: '',
    tag: '',
    sha256: '',
    evidenceId: undefined,
    evidenceName: '',
    eventId: '',
    isFolder: undefined,
    alarms: [],
    other: [],
  }
}
