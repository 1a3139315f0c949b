/**
 * Cado Response's own CEF standard: the keys that its documentation has ever listed (2021 to 2026), with
 * the type of each, in the order in which they are sent. That order is its sample's: Cado's own names by
 * the alphabet, then those that it renamed for CEF.
 *
 * The standard is older than what CEF's dictionary says of keys, and not bound by it: names with `_`,
 * `type` a text where the dictionary has a number, `eventId` a text where it has a number of the SIEM's.
 * They are written as Cado writes them (`CefEvent.own`), and renamed only for receivers that would
 * take them for something else (`clashes.ts`).
 */
export const cadoVendor = 'CadoSecurity'
export const cadoProduct = 'CadoResponse'

/** `text?` is a text, or a list as Python prints it. */
export type CadoType = 'text' | 'text?' | 'integer' | 'boolean' | 'list'

export const cadoKeys = {
  alarm: 'boolean',
  alarm_description: 'text',
  alarm_help_text: 'text',
  alarm_severity: 'integer',
  destination_hostname: 'text',
  destination_port: 'text',
  domain: 'text',
  evidence_id: 'integer',
  evidence_name: 'text',
  executed_process: 'text',
  extra: 'text',
  file_access: 'text',
  filename_stripped: 'text',
  first_day: 'boolean',
  format: 'text',
  highlights: 'list',
  host: 'text',
  inode: 'text',
  macb: 'text',
  notes: 'text?',
  parent: 'text',
  process_arguments: 'text',
  process_cwd: 'text',
  query_suggestions: 'list',
  service_name: 'text',
  sha256: 'text',
  short: 'text',
  source: 'text',
  source_hostname: 'text',
  source_port: 'text',
  sourcetype: 'text',
  super_short: 'text',
  tag: 'text',
  type: 'text',
  version: 'text',
  eventTime: 'integer',
  filePath: 'text',
  eventId: 'text',
  suser: 'text',
  isFolder: 'boolean',
  msg: 'text',
} as const satisfies Record<string, CadoType>

export type CadoKey = keyof typeof cadoKeys

/** The keys, in their order. */
export const cadoKeyNames = Object.keys(cadoKeys) as CadoKey[]

/** The keys, as `CefEvent.own` wants them. */
export const cadoOwn: ReadonlySet<string> = new Set(cadoKeyNames)

/**
 * The key of what Cado's standard has no name for, as chapter 4 of CEF's standard forms it: vendor,
 * product and name in one word. `file_size` is `CadoResponseFileSize`; one that has the form already,
 * as in a line that is read back, stays.
 */
export function cadoOtherKey(name: string): string {
  const word = name
    .split(/[^A-Za-z0-9]+/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('')
  if (word.startsWith(cadoProduct) && word !== cadoProduct) return word
  return `${cadoProduct}${word || 'Field'}`
}

/** What goes first when a line is too long, from the least important; after `extra` goes what is not
 * Cado's (`CadoResponse…`). What is in neither list is in the middle. */
export const cadoCutFirst: readonly string[] = [
  ...['extra', 'notes', 'query_suggestions', 'highlights', 'process_cwd', 'alarm_help_text'],
  ...['filename_stripped', 'parent', 'short', 'super_short', 'process_arguments'],
]

/** What goes last, the most important at the end. */
export const cadoCutLast: readonly string[] = [
  ...['format', 'tag', 'inode', 'macb', 'sourcetype', 'source', 'executed_process', 'sha256'],
  ...['host', 'suser', 'alarm_description', 'msg', 'evidence_name', 'evidence_id'],
  ...['alarm_severity', 'alarm', 'eventId', 'filePath', 'type'],
  ...['CadoResponseDateTime', 'rt', 'eventTime'],
]

/** Part of one of these says nothing or something else, so they are left out whole. */
export const cadoWhole: ReadonlySet<string> = new Set(
  [
    ...Object.entries(cadoKeys).flatMap(([key, type]) =>
      type === 'integer' || type === 'boolean' ? [key] : [],
    ),
    ...['eventId', 'sha256', 'inode', 'macb', 'source_port', 'destination_port', 'version'],
    ...['rt', 'CadoResponseDateTime'],
  ].flatMap((key) => [key, cadoOtherKey(key)]),
)
