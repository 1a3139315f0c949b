/**
 * What the stand-in Integration API holds: made-up activity records, and marks like the product's.
 *
 * Records have the shape of the documentation's examples; number n is always the same but for its
 * time. RIDs are 17 digits of a recording time and 32 hexadecimal digits. A mark is opaque to the
 * client; like the product's it is base64 of a NUL-terminated XML with one node per database and the
 * position in it, so it grows as databases come into use, and holds `+`, `/` and `=` at times.
 */
import { createHash } from 'node:crypto'

export interface ActivityRecordJson {
  RID?: string
  When: string
  [field: string]: unknown
}

const databases = 3
const actions = ['Added', 'Removed', 'Modified', 'Read', 'Failed Logon', 'Move (Failed Attempt)']
const sources = ['Active Directory', 'File Servers', 'Exchange Online', 'SQL Server']

/** Record number `index` (from 0); `time` in ms. */
export function activityRecord(index: number, time: number): ActivityRecordJson {
  const when = new Date(Math.floor(time / 1000) * 1000).toISOString()
  const unique = createHash('md5').update(String(index)).digest('hex').toUpperCase()
  const name = `user${index}`
  return {
    Action: actions[index % actions.length],
    MonitoringPlan: { ID: '{42F64379-163E-4A43-A9C5-4514C5A23798}', Name: 'AD Monitoring' },
    DataSource: sources[index % sources.length],
    Item: { Name: 'enterprise.local (Domain)' },
    ObjectType: 'user',
    RID: `${when.replace(/\D/g, '')}${unique}`,
    What: `\\local\\enterprise\\Users\\${name}`,
    When: when.replace('.000Z', 'Z'),
    Where: `dc${index % 5}.enterprise.local`,
    Who: 'ENTERPRISE\\Administrator',
    Workstation: `10.0.0.${index % 250}`,
    ...(index % 4 === 0
      ? { DetailList: [{ PropertyName: 'Description', Before: 'a|b', After: `c=${index}\nd` }] }
      : {}),
  }
}

/** The mark after the first `position` records. */
export function markAt(position: number): string {
  const nodes = Array.from({ length: Math.min(position, databases) }, (_, database) => {
    const count = Math.ceil((position - database) / databases)
    return `<n n="{E70${database}A>?}"><a><t>${count}</t></a></n>`
  })
  return Buffer.from(`<nr>\n${nodes.join('')}</nr>\0`).toString('base64')
}

/** The position of a mark that `markAt` made; undefined when it is none. */
export function positionOf(mark: string): number | undefined {
  const text = Buffer.from(mark, 'base64').toString()
  if (!text.startsWith('<nr>') || !text.endsWith('</nr>\0')) return undefined
  const counts = [...text.matchAll(/<t>(\d+)<\/t>/g)].map(([, count]) => Number(count))
  return counts.reduce((sum, count) => sum + count, 0)
}
