/**
 * Seeded rows of plaso's `l2tcsv`, as `psort` writes them of a Windows disk: about 400 bytes on average,
 * in the order of their time, several of one second, never quoted, a comma being a blank. In them is
 * what breaks readers: a bare `=`, back-slashes, the two characters `\n`, letters of other languages, a
 * quote, MACB groups. Each row has its number in `extra`, `row_number: row-00000012`.
 */
import { Readable } from 'node:stream'

export const timelineHeader = [
  ['date', 'time', 'timezone', 'MACB', 'source', 'sourcetype', 'type', 'user', 'host', 'short'],
  ['desc', 'version', 'filename', 'inode', 'notes', 'format', 'extra'],
]
  .flat()
  .join(',')

/** What stands before a row's number, and its digits. */
export const rowMarker = 'row-'
export const rowDigits = 8

const firstSecond = Date.UTC(2026, 0, 5) / 1000
/** Rows in the mean of one second. */
const rowsOfSecond = 3
const rowsOfChunk = 1000

const letters = ['Content Modification', 'Last Access', 'Metadata Modification', 'Creation']
const people = ['nromanoff', 'tdungan', 'zoë.müller', 'администратор', '山田', '-']
const programs = [
  'svchost.exe',
  'install_reader10.exe',
  'powershell.exe',
  'Überprüfung.exe',
  '資料.exe',
]

type Cells = Pick<Row, 'source' | 'sourcetype' | 'type' | 'macb' | 'short' | 'desc'> &
  Pick<Row, 'filename' | 'format' | 'extra'>

interface Row {
  macb: string
  source: string
  sourcetype: string
  type: string
  user: string
  short: string
  desc: string
  filename: string
  inode: string
  format: string
  extra: string
}

/** Row number `number` (0, 1, 2, …), without a line end; the same seed gives the same rows. */
export function timelineRow(number: number, seed = 1): string {
  const random = mix(number + Math.imul(seed, 0x9e3779b1))
  const at = firstSecond + Math.floor(number / rowsOfSecond)
  const iso = new Date(at * 1000).toISOString()
  const date = `${iso.slice(5, 7)}/${iso.slice(8, 10)}/${iso.slice(0, 4)}`
  const user = people[random % people.length] ?? ''
  const { extra, ...cells } = kinds[random % kinds.length]!(random >>> 4, user)
  const { macb, source, sourcetype, type, short, desc, filename, format } = cells
  const digits = String(number).padStart(rowDigits, '0')
  const inode = source === 'FILE' ? String(30_000 + (random % 400_000)) : '-'
  return [
    ...[
      date,
      iso.slice(11, 19),
      'UTC',
      macb,
      source,
      sourcetype,
      type,
      user,
      'WKS-0042.corp.example',
    ],
    ...[shortened(short), desc, '2', filename, inode, random % 97 === 0 ? 'malware exit1' : '-'],
    ...[format, `${extra}; row_number: ${rowMarker}${digits}`],
  ].join(',')
}

/** The file in chunks of a thousand rows, the header first, each row with a line feed. */
export function* timelineChunks(rows: number, seed = 1): Generator<Buffer> {
  yield Buffer.from(`${timelineHeader}\n`)
  for (let from = 0; from < rows; from += rowsOfChunk) {
    let text = ''
    for (let number = from; number < Math.min(rows, from + rowsOfChunk); number += 1) {
      text += `${timelineRow(number, seed)}\n`
    }
    yield Buffer.from(text)
  }
}

/** The same as a stream, of any size. */
export function timelineStream(rows: number, seed = 1): Readable {
  return Readable.from(timelineChunks(rows, seed))
}

/** Bytes of a row in the mean, by the first ten thousand. */
export function meanRowBytes(seed = 1): number {
  const sample = 10_000
  let bytes = 0
  for (const chunk of timelineChunks(sample, seed)) bytes += chunk.length
  return bytes / sample
}

const kinds = [file, file, file, registry, registry, eventLog, eventLog, log, webHistory]

function file(random: number, user: string): Cells {
  const macb = random & 15 || 1
  const path = `C:\\Users\\${user}\\AppData\\Local\\Temp\\${random % 9000}\\${program(random)}`
  const types = letters.filter((_, index) => (macb >> index) & 1).map((letter) => `${letter} Time`)
  const marks = ['M', 'A', 'C', 'B'].map((letter, index) => ((macb >> index) & 1 ? letter : '.'))
  return {
    ...{ macb: marks.join(''), source: 'FILE', sourcetype: 'NTFS file stat' },
    type: types.sort().join('; '),
    short: path,
    desc: `NTFS:${path} Type: file Mode: 0o777`,
    ...{ filename: `NTFS:${path}`, format: 'filestat' },
    extra: `file_size: ${random % 1e6}; file_system_type: NTFS; is_allocated: ${random % 3 ? 'True' : 'False'}; md5_hash: ${digest(random)}`,
  }
}

function registry(random: number, user: string): Cells {
  const key = `HKEY_CURRENT_USER\\Software\\Vendor ${random % 500}\\Settings=${random % 7}`
  return {
    ...{
      macb: 'M...',
      source: 'REG',
      sourcetype: 'Registry Key',
      type: 'Content Modification Time',
    },
    short: `[${key}]`,
    desc: `[${key}] Path: [REG_SZ] C:\\Program Files\\${program(random)} Flags: [REG_DWORD_LE] rw=0  want=${random % 99}  limit=2 Owner: [REG_SZ] "${user}"`,
    ...{ filename: `NTFS:\\Users\\${user}\\NTUSER.DAT`, format: 'winreg/winreg_default' },
    extra: `key_path: ${key}`,
  }
}

function eventLog(random: number, user: string): Cells {
  const id = 4600 + (random % 100)
  const text = `Subject:\\n\\tSecurity ID:\\t\\tS-1-5-18\\n\\tAccount Name:\\t\\t${user}\\n\\nProcess Information:\\n\\tProcess ID:\\t0x${random.toString(16)}\\n\\tProcess Name:\\tC:\\\\Windows\\\\System32\\\\${program(random)}`
  return {
    ...{ macb: '...B', source: 'EVT', sourcetype: 'WinEVTX', type: 'Creation Time' },
    short: `[${id} / 0x${id.toString(16)}] Strings: ['S-1-5-18' '${user}']`,
    desc: `[${id} / 0x${id.toString(16)}] Message string: ${text}`,
    filename: 'NTFS:\\Windows\\System32\\winevt\\Logs\\Security.evtx',
    format: 'winevtx',
    extra: `message_identifier: ${id}; record_number: ${random}; xml_string: <Event/>`,
  }
}

function log(random: number, user: string): Cells {
  const message = `[kernel] [${random % 9999}.390602] sda2: rw=0  want=${random % 999}  limit=2 user=${user}`
  return {
    ...{ macb: 'M...', source: 'LOG', sourcetype: 'Log File', type: 'Content Modification Time' },
    ...{ short: message, desc: message, filename: 'OS:/var/log/syslog' },
    ...{ format: 'text/syslog_traditional', extra: `reporter: kernel; severity: ${random % 8}` },
  }
}

function webHistory(random: number, user: string): Cells {
  const url = `https://www.example.com/search?q=${random}&lang=de&redirect=https%3A%2F%2Fexample.org%2F${user}`
  return {
    ...{ macb: '.A..', source: 'WEBHIST', sourcetype: 'Chrome History', type: 'Last Visited Time' },
    short: `${url} (Grüße – 検索)`,
    desc: `${url} (Grüße – 検索) [count: ${random % 12}] Visit from: https://www.example.com/ Type: [LINK - User clicked a link]`,
    filename: `NTFS:\\Users\\${user}\\AppData\\Local\\Google\\Chrome\\User Data\\Default\\History`,
    ...{
      format: 'sqlite/chrome_history',
      extra: `typed_count: 0; url_hidden: False; urls_id: ${random}`,
    },
  }
}

function program(random: number): string {
  return programs[random % programs.length] ?? ''
}

/** As plaso does, at 80 characters. */
function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}

function digest(random: number): string {
  return random.toString(16).padStart(8, '0').repeat(4)
}

function mix(value: number): number {
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}
