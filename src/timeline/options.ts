/**
 * The options of the source `timeline`, and those of them that every source of timelines has.
 */
import { dropSchema } from '../drop/folders.ts'
import type { DropOptions } from '../drop/folders.ts'
import { cadoProfiles } from '../mappings/cado.ts'
import { mappingSchema } from '../mappings/options.ts'
import { formats } from './decoder.ts'
import type { FileReading } from './file-reader.ts'

export interface Options extends FileReading, DropOptions {}

/** All of `TimelineReading`. */
export const readingSchema = {
  format: {
    doc: 'What the files are; auto tells each by its content.',
    format: ['auto', ...formats],
    default: 'auto',
  },
  timezone: {
    doc: 'The IANA time zone of times that have none.',
    format: 'timezone',
    default: 'UTC',
  },
  profile: {
    doc: 'The CEF that is made; cado-classic is what Cado itself uploads, without a time that SIEMs date events by.',
    format: cadoProfiles,
    default: 'cado',
  },
  severity: {
    doc: 'The severity in the header: alarm makes it from the worst alarm (malicious 10, suspicious 6, anything else 1), verbatim copies alarm_severity.',
    format: ['alarm', 'verbatim'],
    default: 'alarm',
  },
  mapping: mappingSchema,
} as const

export const schema = {
  folder: {
    doc: 'The folder that timelines are dropped into; it is made when its parent exists.',
    format: 'text',
    default: './timelines',
  },
  ...dropSchema,
  ...readingSchema,
  evidence: {
    doc: 'The evidence’s name where rows have none; the file’s name without its endings when not set.',
    format: 'text?',
    default: null,
  },
} as const
