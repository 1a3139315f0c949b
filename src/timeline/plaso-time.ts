/**
 * The instant of an event in plaso's JSON. `timestamp` has it in microseconds since 1970 (UTC), rounded;
 * `date_time` as the source had it (dfDateTime), which is finer for NTFS, APFS and the like. The finer
 * one is taken where it is exact and says the same; else `timestamp`.
 */
import { isEmpty, isRecord, textOf } from './cell-value.ts'
import type { Instant } from './instant.ts'
import { instantOfText, instantOfUnix } from './instant.ts'
import type { JsonRow } from './json-rows.ts'
import { reading } from './json-rows.ts'

/** Undefined: the event has no time. Throws `date` for what is none. */
export function plasoInstant(row: JsonRow, timezone: string): Instant | undefined {
  const given = row['timestamp']
  if (textOf(row['timestamp_desc']) === 'Not a time' || isSemantic(row['date_time']))
    return undefined
  if (isEmpty(given)) {
    const text = textOf(row['datetime'])
    return reading('datetime', text, () => instantOfText(text, timezone))
  }
  const instant = reading('timestamp', given, () => {
    return instantOfUnix(textOf(given), 'microseconds')
  })
  return instant && finer(instant, row['date_time'])
}

/** Words where a time should be: `Not set`, `Not a time`. */
function isSemantic(dateTime: unknown): boolean {
  if (!isRecord(dateTime)) return false
  const { __class_name__: name } = dateTime
  return name === 'SemanticTime' || name === 'InvalidTime' || name === 'NotSet'
}

/** What dfDateTime's classes count, where they are finer than microseconds: parts of a second, and the
 * seconds from their beginning to 1970. */
const classes: Record<string, { parts: bigint; before: bigint }> = {
  Filetime: { parts: 10_000_000n, before: 11_644_473_600n },
  UUIDTime: { parts: 10_000_000n, before: 12_219_292_800n },
  DotNetDateTime: { parts: 10_000_000n, before: 62_135_596_800n },
  PosixTimeInNanoseconds: { parts: 1_000_000_000n, before: 0n },
  APFSTime: { parts: 1_000_000_000n, before: 0n },
}

function finer(instant: Instant, dateTime: unknown): Instant {
  if (!isRecord(dateTime)) return instant
  const { __class_name__: name, timestamp } = dateTime
  const known = typeof name === 'string' && Object.hasOwn(classes, name) ? classes[name] : undefined
  const whole = typeof timestamp === 'bigint' || Number.isSafeInteger(timestamp)
  if (!known || !whole) return instant
  const count = BigInt(timestamp as bigint | number) - known.before * known.parts
  const left = ((count % known.parts) + known.parts) % known.parts
  const found = {
    seconds: Number((count - left) / known.parts),
    nanos: Number((left * 1_000_000_000n) / known.parts),
  }
  // Times in a zone, or with an offset, are not what they count.
  const apart = (found.seconds - instant.seconds) * 1e9 + found.nanos - instant.nanos
  return Math.abs(apart) <= 1000 ? found : instant
}
