/**
 * The options of the source `netwrix-alerts`.
 */
import { dropSchema } from '../drop/folders.ts'
import type { DropOptions } from '../drop/folders.ts'
import { profiles } from '../mappings/netwrix.ts'
import { mappingSchema } from '../mappings/options.ts'
import type { AlertReading } from './alert-reader.ts'
import { sameAs } from './same-as.ts'

export interface Options extends AlertReading, DropOptions {}

export const schema = {
  folder: {
    doc: 'The folder that alert files are dropped into; it is made when its parent exists.',
    format: 'text',
    default: './drop',
  },
  ...dropSchema,
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
