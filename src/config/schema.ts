/**
 * What a configuration may hold: the sections that are Cefline's own, the options that every source
 * and every destination has, and the shape in which a component states its own.
 *
 * A schema is convict's: an option is what has a `doc` text, anything else is a group of them. (To
 * convict an option is what has a `default`, so that a group with a child of that name is taken for
 * an option; here it is not.)
 */
import { schema as spool } from '../spool/spool.ts'

export interface Option {
  /** One plain sentence, shown in the README's tables. */
  doc: string
  /** A name of formats.ts, the allowed values, or a function that throws. `tree` is a map whose keys
   * no schema knows: the component's `create` judges it, and where it may hold a secret the option is
   * `sensitive` as a whole. */
  format: string | readonly unknown[] | ((value: never) => void)
  /** As it would be written; null: not set. */
  default: unknown
  /** Of the format `bytes`: the least that is accepted, 1 when not given. */
  min?: number
  /** Never shown: not in an error, not in `check --json`. */
  sensitive?: boolean
  /** Ends the start when it is not set. convict has no such thing and passes over it. */
  required?: boolean
}

export interface Schema {
  readonly [name: string]: Option | Schema
}

/** The part of a component that the configuration needs. */
export interface ComponentKind {
  schema: Schema
  /** Of a source: it gives timelines; of a destination: it takes nothing else unless it is told to. */
  timelines?: boolean
}

/** Components by the `type` that is written in the configuration. */
export interface Tables {
  sources: Readonly<Record<string, ComponentKind>>
  destinations: Readonly<Record<string, ComponentKind>>
}

export function isOption(entry: Option | Schema): entry is Option {
  return typeof entry['doc'] === 'string'
}

const status = {
  listen: {
    doc: 'Address and port of the status page, health and metrics.',
    format: 'listen',
    default: '127.0.0.1:8514',
  },
  token: {
    doc: 'What the status page asks for; without it the page is served on loopback only.',
    format: 'text?',
    default: null,
    sensitive: true,
  },
  tokens: {
    doc: 'Map of names and tokens: each is asked for as `token` is, and events tell by the name who did something.',
    format: 'tree',
    default: null,
    sensitive: true,
  },
}

const log = {
  level: {
    doc: 'Least serious events that are logged.',
    format: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    default: 'info',
  },
  format: {
    doc: 'Form of the log: pretty on a terminal and JSON elsewhere, or always one of them.',
    format: ['auto', 'json', 'pretty'],
    default: 'auto',
  },
}

const own = {
  events: {
    doc: 'Whether the SIEM is told what happens to Cefline itself, as events of a source `cefline`.',
    format: 'flag',
    default: true,
  },
  heartbeat: {
    doc: 'How often an event says that all runs, so that the SIEM can raise an alarm when none comes; 0: never.',
    format: 'duration',
    default: '5m',
  },
}

/** The sections that are no maps of components. */
export const sections = { spool, status, log, own } satisfies Record<string, Schema>

/** What every component of a kind has beside `type` and its own options. */
export const common = {
  sources: {
    priority: {
      doc: 'How urgent its events are: a lower number goes out first; not set: by its type, alerts first.',
      format: 'count',
      default: null,
    },
    silentAfter: {
      doc: 'How long it may give no record before that is said; auto: longer than was usual in the last three weeks; 0: never.',
      format: 'silence',
      default: 'auto',
    },
  },
  destinations: {
    from: {
      doc: 'Names of the sources whose events it gets; not set: all but timelines (an s3 destination: timelines alone).',
      format: 'names',
      default: null,
    },
    whenFull: {
      doc: 'When it holds a full spool: hold the sources back, or set its oldest events aside as rejects.',
      format: ['hold', 'reject'],
      default: 'hold',
    },
    rate: {
      events: {
        doc: 'Events a second at most; it waits and never drops.',
        format: 'count',
        default: null,
      },
      bytes: {
        doc: 'Bytes a second at most, as they are on the wire.',
        format: 'bytes',
        default: null,
      },
      burst: {
        doc: 'How much of both may go at once after a pause: what that time brings.',
        format: 'duration',
        default: '1s',
      },
    },
  },
} satisfies Record<keyof Tables, Schema>

/** Paths of all options, nested ones as `tls.ca`. */
export function optionNames(schema: Schema): string[] {
  return Object.entries(schema).flatMap(([name, entry]) =>
    isOption(entry) ? [name] : optionNames(entry).map((child) => `${name}.${child}`),
  )
}
