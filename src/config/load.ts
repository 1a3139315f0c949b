/**
 * The configuration: found, read, held against the schemas and frozen.
 *
 * There is one origin, never a mixture: a file, or else the environment, or else nothing at all.
 * Only DATA_FOLDER, STATUS_LISTEN, STATUS_TOKEN_FILE, LOG_LEVEL, OWN_EVENTS and HEARTBEAT fill in what
 * a file leaves out.
 * What a file says wins, for the image sets some of them and a file that is mounted into it must not
 * be overridden in silence; a variable that is passed over is warned about. Whatever is wrong is
 * told at once and ends the start: nothing is guessed and nothing is passed over.
 */
import { checkBuckets } from './buckets.ts'
import { checkWiring, readComponents } from './components.ts'
import type { Component } from './components.ts'
import { dotted, isGroup, overlay, parseFile, plainDocument } from './document.ts'
import type { Document, Path } from './document.ts'
import { componentNames, environmentDocument, generalSettings } from './environment.ts'
import type { Fault } from './environment.ts'
import { findFile } from './find.ts'
import { checkFolders } from './folders.ts'
import { interpolate } from './interpolate.ts'
import type { Surroundings } from './interpolate.ts'
import { checkListens } from './listens.ts'
import { readTests } from './mapping-tests.ts'
import type { MappingTest } from './mapping-tests.ts'
import { ownSources } from './own.ts'
import { suggestion } from '../io/nearest.ts'
import { Problems } from './problems.ts'
import { checkSameAs } from './same-as.ts'
import { sections } from './schema.ts'
import type { Tables } from './schema.ts'
import { readGroup, readSection } from './section.ts'
import { readTokens } from './tokens.ts'

export interface SpoolOptions {
  folder: string
  /** A folder on a network file system is taken too. */
  network: boolean
  maxBytes: number
  /** bytes */
  reserve: number
  /** ms */
  rememberAge: number
  rememberCount: number
}

export interface StatusOptions {
  /** `address:port` */
  listen: string
  token: string | null
  /** By the name of who holds it; null: none. */
  tokens: Readonly<Record<string, string>> | null
}

export interface LogOptions {
  level: string
  format: 'auto' | 'json' | 'pretty'
}

export interface OwnOptions {
  /** Whether Cefline tells the SIEM what happens to itself. */
  events: boolean
  /** ms between two heartbeats; 0: none. */
  heartbeat: number
}

interface ComponentConfiguration {
  readonly name: string
  readonly type: string
  /** As the component's `create` takes them: defaults filled in, sizes and times as numbers. */
  readonly options: Readonly<Record<string, unknown>>
}

export interface SourceConfiguration extends ComponentConfiguration {
  /** null: the type's own. */
  readonly priority: number | null
  /** ms without a record after which it is said; 0: never; auto: longer than usual. */
  readonly silentAfter: number | 'auto'
}

export interface DestinationConfiguration extends ComponentConfiguration {
  /** Names of sources; null: all. */
  readonly from: readonly string[] | null
  readonly whenFull: 'hold' | 'reject'
  /** Events and bytes a second, null: any number; `burst` in ms. */
  readonly rate: Readonly<{ events: number | null; bytes: number | null; burst: number }>
}

export interface Configuration {
  /** The file as it was asked for, `environment`, or `embedded default`. */
  readonly origin: string
  readonly spool: Readonly<SpoolOptions>
  readonly status: Readonly<StatusOptions>
  readonly log: Readonly<LogOptions>
  readonly own: Readonly<OwnOptions>
  /** As they are written, and Cefline's own (`config/own.ts`) where somebody reads it. */
  readonly sources: readonly SourceConfiguration[]
  readonly destinations: readonly DestinationConfiguration[]
  /** For `check` alone. */
  readonly tests: readonly MappingTest[]
  /** What should be said at the start. */
  readonly warnings: readonly string[]
  /** Absolute paths of what it was made of: the configuration file and the files of its secrets. */
  readonly files: readonly string[]
}

export interface LoadOptions extends Surroundings {
  /** Of `--config`. */
  path?: string | undefined
  tables: Tables
  /** The last place that is looked at. */
  system?: string
}

export const embeddedDefault = 'embedded default'

/**
 * The configuration in force. With none anywhere its origin is `embedded default` and it has
 * neither sources nor destinations. Throws `config` with everything that is wrong, one a line:
 * `cefline.yaml:12 sources.activity.interval: "10 parsecs" is not a duration; write 30s, 5m or 1h`.
 */
export function loadConfiguration(options: LoadOptions): Configuration {
  const { path, tables, env, cwd, system = '/etc/cefline/cefline.yaml' } = options
  const { files = new Set() } = options
  const surroundings = { env, cwd, files }
  const file = findFile({ path, system, ...surroundings })
  if (file) {
    const parsed = parseFile(file.text, file.name)
    const unfilled: { path: Path; fault: string }[] = []
    const filled = interpolate(parsed.value, surroundings, (path, fault) => {
      unfilled.push({ path, fault })
    })
    const { settings, faults, overruled } = generalSettings(surroundings, filled.value)
    const document = overlay({ ...parsed, value: filled.value }, settings)
    const problems = new Problems(document, filled.templates)
    for (const { path, fault } of unfilled) problems.add(path, fault)
    const ignored = [
      ...componentNames(env).map((name) => ({ name, because: `${file.name} is used` })),
      ...overruled.map(({ place: name, path }) => {
        return { name, because: `${file.name} sets ${dotted(path)}` }
      }),
    ]
    const warnings = ignored
      .filter(({ name }) => !filled.asked.has(name))
      .map(({ name, because }) => `${name} is ignored because ${because}`)
    const { name: origin } = file
    return build(document, { origin, tables, cwd, files, problems, faults, warnings })
  }
  const general = generalSettings(surroundings)
  if (componentNames(env).length > 0) {
    const made = environmentDocument(surroundings)
    const document = overlay(made.document, general.settings)
    const faults = [...general.faults, ...made.faults]
    return build(document, { origin: 'environment', tables, cwd, files, faults })
  }
  const document = overlay(plainDocument({}, embeddedDefault), general.settings)
  return build(document, {
    origin: embeddedDefault,
    tables,
    cwd,
    files,
    faults: general.faults,
    empty: true,
  })
}

/**
 * A configuration made in the program, such as the embedded default: `value` is what the file would
 * say, and nothing is put into its texts. Throws `config`.
 */
export function resolveConfiguration(
  value: object,
  { origin, tables }: { origin: string; tables: Tables },
): Configuration {
  return build(plainDocument(value, origin), { origin, tables, cwd: process.cwd() })
}

interface Building {
  origin: string
  tables: Tables
  /** What relative folders are relative to. */
  cwd: string
  files?: ReadonlySet<string>
  problems?: Problems
  faults?: readonly Fault[]
  warnings?: readonly string[]
  /** That there is no source and no destination is no problem. */
  empty?: boolean
}

function build(document: Document, building: Building): Configuration {
  const { origin, tables, problems = new Problems(document), warnings = [] } = building
  for (const { place, text } of building.faults ?? []) problems.addAt(place, text)
  const known = [...Object.keys(sections), 'sources', 'destinations', 'tests']
  const whole = readGroup(document.value, [], known, problems)
  // That one value has no sources need not be said as well.
  if (!isGroup(document.value)) problems.throwIfAny()
  for (const name of Object.keys(whole)) {
    if (known.includes(name)) continue
    problems.add([name], `there is no such section${suggestion(name, known)}`)
  }
  const section = (name: keyof typeof sections) =>
    readSection(sections[name], whole[name], [name], problems)
  const spool = section('spool')
  const status = readTokens(section('status'), problems)
  const log = section('log')
  const own = section('own')
  const sources = readComponents('sources', whole['sources'], tables, problems)
  const destinations = readComponents('destinations', whole['destinations'], tables, problems)
  const tests = readTests(whole['tests'], whole['sources'], problems)
  if (!building.empty) {
    const given = { sources: whole['sources'], destinations: whole['destinations'] }
    checkWiring(given, { sources, destinations }, tables, problems, own['events'] === true)
    checkSameAs(sources, destinations, tables, problems)
  }
  problems.throwIfAny()
  // Not before: where an option was refused its default stands, and would be compared.
  checkFolders(sources, String(spool['folder']), building.cwd, problems)
  checkListens(sources, String(status['listen']), problems)
  checkBuckets(sources, destinations, tables, problems)
  problems.throwIfAny()
  // The schemas have just been enforced: these are the shapes that they describe.
  return freeze({
    origin,
    spool,
    status,
    log,
    own,
    sources: [...sources.map(flat), ...ownSources(own, destinations, tables)],
    destinations: destinations.map(flat),
    tests,
    warnings: [...warnings],
    files: [...(building.files ?? [])],
  } as unknown as Configuration)
}

/** A component with its own options under `options` and the common ones beside them. */
function flat({ common, ...own }: Component): object {
  return { ...own, ...common }
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  Object.values(value).forEach(freeze)
  return Object.freeze(value)
}
