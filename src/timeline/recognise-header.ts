/**
 * Formats by their header row. What is ambiguous is decided so:
 *
 * - A header with `timestamp_desc` is Timesketch's where it is quoted, has a column `timestamp`, or begins
 *   with `message`, as in Timesketch's documentation; else plaso's `dynamic`, which never quotes and begins
 *   with a time. Where no cell has a quote both readings give the same rows.
 * - `l2tcsv`'s column names, all of them in any order, are `l2tcsv`, though Cado uses most of them.
 * - What else has a time and two more of Cado's names is Cado's, if one of them is nobody else's.
 */
import type { Format } from './decoder.ts'
import { mactimeTitle } from './mactime.ts'

const l2tcsv =
  'date,time,timezone,macb,source,sourcetype,type,user,host,short,desc,version,filename,inode,notes,format,extra'
const mactime = 'date,size,type,mode,uid,gid,meta,file name'
const tln = 'time|source|host|user|description'

/** Columns of which plaso's `dynamic` has two, beside the time. */
const dynamicNames = new Set(
  [
    ['timestamp_desc', 'source', 'source_long', 'message', 'parser', 'display_name', 'tag'],
    ['message_short', 'macb', 'hostname', 'username', 'values', 'yara_match', 'inode', 'zone'],
  ].flat(),
)

/** Cado's, of the API and of the standard, in small letters and digits. */
const cadoNames = new Set(
  [
    ['timestamp', 'eventtime', 'source', 'sourcetype', 'type', 'filename', 'filepath', 'short'],
    ['evidenceid', 'evidencename', 'eventid', 'macb', 'user', 'suser', 'host', 'inode', 'notes'],
    ['format', 'extra', 'isfolder', 'tag', 'alarm', 'alarminformation', 'alarmseverity', 'sha256'],
    ['alarmdescription', 'executedprocess', 'supershort', 'fileaccess', 'querysuggestions', 'id'],
  ].flat(),
)
const cadoTimes = ['timestamp', 'eventtime', 'datetime']
/** Those that nobody else's logs are likely to have: one of them is needed. */
const cadoAlone = new Set(
  [
    ['eventtime', 'sourcetype', 'filepath', 'short', 'evidenceid', 'evidencename', 'macb'],
    ['isfolder', 'alarminformation', 'alarmseverity', 'supershort', 'querysuggestions'],
  ].flat(),
)

/** Undefined: the first line is no header that is known. */
export function formatOfHeader([line = '']: string[]): Format | undefined {
  if (line.toLowerCase().startsWith(tln)) return 'tln'
  if (line.trim() === mactimeTitle) return 'mactime'
  const delimiter = [',', ';', '\t'].find((delimiter) => line.includes(delimiter))
  if (delimiter === undefined) return undefined
  const isQuoted = line.trimStart().startsWith('"')
  const names = line.split(delimiter).map((cell) => {
    return cell
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .trim()
      .toLowerCase()
  })
  const has = (name: string): boolean => names.includes(name)
  if (names.join(',') === mactime) return 'mactime'
  if (l2tcsv.split(',').every(has)) return 'l2tcsv'
  if (has('message') && has('timestamp_desc') && (has('datetime') || has('timestamp'))) {
    if (isQuoted || has('timestamp') || names[0] === 'message') return 'timesketch'
  }
  const hasTime = has('datetime') || (has('date') && has('time'))
  if (delimiter === ',' && !isQuoted && hasTime && count(names, dynamicNames) >= 2) {
    return 'dynamic'
  }
  return isCado(names) ? 'cado' : undefined
}

/** Whether these are names of Cado's: a time and two more, and one that is not everybody's. */
export function isCado(names: string[]): boolean {
  const bare = names.map((name) => name.toLowerCase().replace(/[^a-z0-9]/g, ''))
  const hasTime = bare.some((name) => cadoTimes.includes(name))
  return hasTime && count(bare, cadoNames) >= 3 && count(bare, cadoAlone) > 0
}

function count(names: string[], known: ReadonlySet<string>): number {
  return new Set(names.filter((name) => known.has(name))).size
}
