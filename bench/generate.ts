/**
 * Seeded alert rows of about 250 bytes, as Netwrix writes them, in the order of their time. Each row carries its number in
 * `What` as `\seq-NNNNNNN`, by which the sink proves that it arrived.
 */
import { createWriteStream } from 'node:fs'
import { once } from 'node:events'

export const header = [
  'DataSource',
  'Action',
  'ObjectType',
  'Who',
  'What',
  'When',
  'Where',
  'Workstation',
  'Details',
].join('\t')

const actions = ['Added', 'Removed', 'Modified', 'Failed Logon', 'Read', 'Renamed']
const types = ['user', 'group', 'computer', 'File', 'Folder', 'GroupPolicy']

const firstAt = Date.UTC(2026, 9, 1)

/** Row number `number` (0, 1, 2, …); the same seed gives the same rows. */
export function row(number: number, seed: number): string {
  const random = mix(number + seed * 0x9e3779b1)
  const action = actions[random % actions.length]
  const type = types[(random >>> 3) % types.length]
  const time = new Date(firstAt + number * 2000 + (random % 2000)).toISOString().slice(0, 19)
  return [
    'Active Directory',
    action,
    type,
    `ENTERPRISE\\user${random % 5000}`,
    `\\local\\enterprise\\Users\\Department ${random % 40}\\seq-${String(number).padStart(7, '0')}`,
    `${time}Z`,
    `dc${random % 9}.enterprise.local`,
    `wks-${random % 3000}.enterprise.local`,
    `Display Name changed from "Old ${random}" to "New ${random >>> 1}"`,
  ].join('\t')
}

/** Writes a file of rows `[from, to)`. */
export async function writeRows(
  path: string,
  from: number,
  to: number,
  seed: number,
  withHeader: boolean,
): Promise<void> {
  const file = createWriteStream(path, { highWaterMark: 1 << 20 })
  if (withHeader) file.write(`${header}\r\n`)
  for (let number = from; number < to; number += 1000) {
    const rows: string[] = []
    for (let n = number; n < Math.min(number + 1000, to); n += 1) rows.push(row(n, seed))
    if (!file.write(`${rows.join('\r\n')}\r\n`)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'close')
}

function mix(value: number): number {
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}
