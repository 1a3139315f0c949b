/**
 * The options of the source `netwrix-alerts`.
 */
import { profiles } from '../mappings/netwrix.ts'
import { mappingSchema } from '../mappings/options.ts'
import type { AlertReading } from './alert-reader.ts'
import { sameAs } from './same-as.ts'

export interface Options extends AlertReading {
  folder: string
  after: 'move' | 'delete' | 'keep'
  done: string | null
  failed: string | null
  /** ms; 0: for ever. */
  keepDone: number
  /** ms. */
  settle: number | null
  watch: 'auto' | 'poll' | 'events'
}

export const schema = {
  folder: {
    doc: 'The folder that alert files are dropped into; it is made when its parent exists.',
    format: 'text',
    default: './drop',
  },
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
  timezone: {
    doc: 'The IANA time zone of dates that have no offset.',
    format: 'timezone',
    default: 'UTC',
  },
  dateFormat: {
    doc: 'What 03/04/2026 is; with auto, a date that could be both is rejected.',
    format: ['auto', 'month-first', 'day-first'],
    default: 'auto',
  },
  profile: {
    doc: 'The CEF that is made; classic is what Netwrix’s own add-on sends; in extended shost is the workstation.',
    format: profiles,
    default: 'standard',
  },
  mapping: mappingSchema,
  sameAs,
} as const
