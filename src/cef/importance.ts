/**
 * Which key goes first when a line must be shorter. From the least important:
 *
 * 1. keys that are not in the dictionary (`NetwrixAuditor…`, `Cefline…`), the last one first;
 * 2. `cs6` (After), `cs5` (Before), `msg`;
 * 3. all other keys of the dictionary that are not named here, the last one first;
 * 4. `cs4`, `cs3`, `cs2`, `fname`, `duser`, `sntdom`, `dvchost`, `outcome`, `act`, `cs1` (the RID),
 *    `deviceFacility` (the mark of an alert);
 * 5. `filePath`, `suser`, `cat`, `shost`, `externalId`, `rt`, `start`.
 *
 * A label goes with what it labels. Lines of Cado's have an order of their own (`cado.ts`).
 */
import { cadoCutFirst, cadoCutLast, cadoOtherKey, cadoOwn, cadoVendor, cadoWhole } from './cado.ts'
import { dictionary } from './dictionary.ts'

const others = 4
const ranks = new Map([
  ...['cs6', 'cs5', 'msg'].map((key, index) => [key, index + 1] as const),
  ...[
    ...['cs4', 'cs3', 'cs2', 'fname', 'duser', 'sntdom', 'dvchost', 'outcome', 'act', 'cs1'],
    ...['deviceFacility', 'filePath', 'suser', 'cat', 'shost', 'externalId', 'rt', 'start'],
  ].map((key, index) => [key, others + 1 + index] as const),
])

const middle = cadoCutFirst.length + 1
/** By their own names, and by those that they have for some receivers (`clashes.ts`). */
const cadoRanks = new Map(
  [...cadoOwn, ...cadoCutLast].flatMap((key) => {
    const rank = cadoRank(key)
    return [[key, rank] as const, [cadoOtherKey(key), rank] as const]
  }),
)

function cadoRank(key: string): number {
  const first = cadoCutFirst.indexOf(key)
  // What is not Cado's has rank 1.
  if (first >= 0) return first === 0 ? 0 : first + 1
  return middle + 1 + cadoCutLast.indexOf(key)
}

/** Less is less important. `vendor` is the header's, where it matters. */
export function importance(key: string, vendor = ''): number {
  if (vendor !== cadoVendor) return ranks.get(key) ?? (dictionary.has(key) ? others : 0)
  return cadoRanks.get(key) ?? (dictionary.has(key) ? middle : 1)
}

/** Part of one of these says nothing or something else, so they are left out whole. */
const whole = new Set(['externalId', 'cs1', 'deviceFacility', 'outcome', 'fileHash', 'oldFileHash'])

/** Whether a part of the value still says something. */
export function mayBeCut(key: string, vendor = ''): boolean {
  if (vendor === cadoVendor) {
    if (cadoWhole.has(key)) return false
    if (cadoRanks.has(key)) return true
  }
  return !whole.has(key) && (dictionary.get(key)?.type ?? 'string') === 'string'
}
