/**
 * The dictionary's types, enforced. A receiver drops a key whose value is of the wrong type (Beats),
 * fails the event (ParCEFone), or looks a host name up in DNS (ParCEFone again), so such a text never
 * goes under that key.
 */
import { isIP } from 'node:net'
import type { CefKey } from './dictionary.ts'
import type { CefValue } from './event.ts'

/**
 * The value as text of the key's type, or undefined when it is none. Text is taken without the spaces
 * around it. A number under a time key is milliseconds since 1970. The result needs no escaping
 * unless the key is a string's.
 */
export function typedText(key: CefKey, value: CefValue): string | undefined {
  if (typeof value === 'number' && !Number.isFinite(value)) return undefined
  switch (key.type) {
    case 'string':
      return String(value)
    case 'integer':
    case 'long':
      return isWhole(value, key.range) ? String(value).trim() : undefined
    case 'double':
      return matching(value, /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/)
    case 'time':
      return typeof value === 'number' ? milliseconds(value) : matching(value, timeForm)
    case 'mac':
      return matching(value, /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i)
    default:
      return addressText(key.type, String(value).trim())
  }
}

/**
 * Appendix A: milliseconds as decimal digits, or `MMM dd [yyyy ]HH:mm:ss[.SSS][ zzz]`. ISO 8601 is
 * not a CEF form: Beats drops the key and ParCEFone makes it null.
 */
const timeForm =
  /^(?:-?\d{1,16}|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [0-3]\d (?:\d{4} )?[0-2]\d:[0-5]\d:[0-6]\d(?:\.\d{3})?(?: [A-Za-z][\w/+:-]{0,39})?)$/

function milliseconds(value: number): string | undefined {
  const whole = Math.trunc(value)
  return Number.isSafeInteger(whole) ? String(whole) : undefined
}

function matching(value: CefValue, form: RegExp): string | undefined {
  const text = String(value).trim()
  return form.test(text) ? text : undefined
}

function isWhole(value: CefValue, range: CefKey['range']): boolean {
  const text = String(value).trim()
  // 2^63 has 19 digits; a longer run is out of every range and not worth a BigInt.
  if (!/^-?\d{1,19}$/.test(text)) return false
  const number = BigInt(text)
  return range === undefined || (number >= range[0] && number <= range[1])
}

/** Both families under an `address4` key: `fit` moves IPv6 away for receivers that cannot take it. */
function addressText(type: 'address' | 'address4' | 'address6', text: string) {
  // A zone (`fe80::1%eth0`) means something on one machine only, and no parser takes it.
  if (text.includes('%')) return undefined
  const family = isIP(text)
  return family === 6 || (family === 4 && type !== 'address6') ? text : undefined
}
