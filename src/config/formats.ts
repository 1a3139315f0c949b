/**
 * The formats that an option may have, beside a list of allowed values or a function, registered
 * with convict. Each takes a value as it was written, text or not, and gives it in the unit that
 * the code works in; what is wrong with it is said as the end of a sentence that begins with the
 * value, with an example of what is right.
 *
 * convict's own converters guess: `10GB` becomes the number 10, and every text but `false` becomes
 * true. So a text that is not wholly understood here stays a text, and is then refused.
 */
import { isIP, isIPv6 } from 'node:net'
import convict from 'convict'

interface Format {
  /** Throws when the value, after `coerce`, is not one of this format. */
  validate(value: unknown, option: { format?: unknown; min?: number }): void
  /** Converts a text; gives it back unchanged when it cannot be. */
  coerce?(text: string): unknown
}

const byteUnits: Record<string, number> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
}

const durationUnits: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** ms. A timer of Node's that should wait 2^31 ms, 24.8 days, or longer fires at once. */
const longestDuration = 24 * 86_400_000

const anyUrl = 'tls://sensor.example.com:6514 or https://auditor.example.com:9699'
const syslogUrl = 'tls://sensor.example.com:6514 or tcp://sensor.example.com:514'

const formats: Record<string, Format> = {
  bytes: {
    coerce: (text) => (/^\d+$/.test(text) ? Number(text) : measure(text, byteUnits)),
    validate: (value, { min = 1 }) => {
      if (!isWhole(value)) fail('is not a size; write 512KiB, 1MB, 10GB or a number of bytes')
      if (value < min) fail(`is too small; write ${min < 1e6 ? min : `${min / 1e6}MB`} or more`)
    },
  },
  // What a timer waits.
  duration: {
    coerce: (text) => (text === '0' ? 0 : measure(text, durationUnits)),
    validate: (value) => {
      duration(value)
      if (value > longestDuration) fail('is too long; write 24d or less')
    },
  },
  // What is compared with a date.
  age: {
    coerce: (text) => (text === '0' ? 0 : measure(text, durationUnits)),
    validate: (value) => duration(value),
  },
  // How long nothing may come: a time that is compared with a date, or learnt.
  silence: {
    coerce: (text) => (text === '0' ? 0 : measure(text, durationUnits)),
    validate: (value) => {
      if (value !== 'auto') duration(value, 'auto, 30m or 4h')
    },
  },
  flag: {
    coerce: (text) => (text === 'true' ? true : text === 'false' ? false : text),
    validate: (value) => {
      if (typeof value !== 'boolean') fail('is not a yes or no; write true or false')
    },
  },
  text: { validate: text },
  'text?': { validate: (value) => value === null || text(value) },
  count: { coerce: wholeNumber, validate: count },
  // convict's own `nat` reads 10GB as 10: under its name there is the strict one.
  nat: { coerce: wholeNumber, validate: count },
  port: {
    coerce: wholeNumber,
    validate: (value) => {
      if (!isWhole(value) || value < 1 || value > 65_535) {
        fail('is not a port; write a number from 1 to 65535, such as 6514')
      }
    },
  },
  url: { validate: (value) => url(value, anyUrl) },
  // Receivers of syslog: one, or several in the order in which they are to be tried.
  urls: {
    coerce: (text) => text.split(',').map((each) => each.trim()),
    validate: (value) => {
      const urls: unknown[] = Array.isArray(value) ? value : [value]
      if (urls.length === 0) fail('is an empty list; write at least one url')
      for (const each of urls) url(each, syslogUrl)
      const twice = urls.find((each, index) => urls.indexOf(each) !== index)
      if (twice !== undefined) fail(`names ${twice as string} twice; write it once`)
    },
  },
  names: {
    coerce: (text) => text.split(',').map((name) => name.trim()),
    validate: (value) => {
      const names: unknown[] = Array.isArray(value) ? value : []
      const good = names.every((name) => typeof name === 'string' && name !== '')
      if (names.length === 0 || !good) fail('is not a list of names; write [alerts, activity]')
      const twice = names.find((name, index) => names.indexOf(name) !== index)
      if (twice !== undefined) fail(`names ${twice as string} twice; write it once`)
    },
  },
  // A map whose keys the component knows: handed on as it was written, judged by its `create`.
  tree: { validate: () => {} },
  timezone: {
    validate: (value) => {
      if (!isTimezone(value)) fail('is not a time zone; write UTC or Europe/Berlin')
    },
  },
  listen: {
    validate: (value) => {
      if (!isListen(value)) {
        fail('is not an address and port; write 127.0.0.1:8514, [::1]:8514 or 0.0.0.0:8514')
      }
    },
  },
}

convict.addFormats(formats)

/** Names that a schema's `format` may have. convict's own are not among them: they guess. */
export const formatNames: ReadonlySet<string> = new Set(Object.keys(formats))

/**
 * Formats of which a number is judged as the text it was written as, so that a bare `60` is no
 * duration: the same sixty would be seconds to one reader and milliseconds to another.
 */
export const judgedAsText: ReadonlySet<string> = new Set([
  'bytes',
  'duration',
  'age',
  'silence',
  'count',
  'nat',
  'port',
])

function fail(message: string): never {
  throw new Error(message)
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function duration(value: unknown, examples = '30s, 5m or 1h'): asserts value is number {
  if (isWhole(value)) return
  if (typeof value === 'string' && /^\d+$/.test(value)) {
    fail(`has no unit; write ${value}s for seconds, or 250ms, 5m, 1h, 30d`)
  }
  fail(`is not a duration; write ${examples}`)
}

function url(value: unknown, example: string): void {
  if (typeof value === 'string' && value.includes('@')) {
    fail('holds a user or password; leave it out, an account has options of its own')
  }
  const isUrl = typeof value === 'string' && /^[a-z][a-z0-9+.-]*:\/\/[^/\s]\S*$/i.test(value)
  if (!isUrl || !URL.canParse(value)) {
    fail(`is not a url; write ${example}`)
  }
}

function count(value: unknown): void {
  if (!isWhole(value)) fail('is not a whole number; write 0, 1 or 1000')
}

function wholeNumber(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text
}

/** `1.5GB` as a number of the smallest unit, where that is a whole one. */
function measure(text: string, units: Record<string, number>): number | string {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([a-z]+)$/i.exec(text) ?? []
  const factor = Object.hasOwn(units, unit.toLowerCase()) ? units[unit.toLowerCase()] : undefined
  if (factor === undefined) return text
  // 1.1 times a thousand is a hair more than 1100 in binary: whole is what is whole after rounding.
  const exact = Number(digits) * factor
  const whole = Math.round(exact)
  return Math.abs(exact - whole) < 1e-6 ? whole : text
}

function text(value: unknown): void {
  if (typeof value === 'number' || typeof value === 'boolean') {
    fail('is not a text; put it in quotes')
  }
  if (typeof value !== 'string') fail('is not a text; write one value')
  if (value === '') fail('is empty; write a text, or leave the option out')
  if (value.includes('\0')) fail('holds a NUL character; write it without')
}

/** A name of the IANA database. Offsets such as +02:00 are none: they know no summer time. */
function isTimezone(value: unknown): boolean {
  if (typeof value !== 'string' || !/^[a-z]/i.test(value)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: value })
    return true
  } catch {
    return false
  }
}

function isListen(value: unknown): boolean {
  if (typeof value !== 'string') return false
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:\s]+)):(\d{1,5})$/.exec(value) ?? []
  if (port === undefined || Number(port) > 65_535) return false
  if (bracketed !== undefined) return isIPv6(bracketed)
  const host = plain ?? ''
  // Digits and dots that are no address are a slip in one, not a name.
  return /^[\d.]+$/.test(host) ? isIP(host) === 4 : /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(host)
}
