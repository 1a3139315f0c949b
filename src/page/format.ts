/**
 * Numbers, sizes, spans and times as they are read on the page: times in the viewer's own zone, with
 * UTC beside them where there is room.
 */
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const tenths = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 })
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })
const dayAndClock = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })

export function formatNumber(value: number): string {
  return whole.format(value)
}

/** Per second: `0`, `0.4`, `12.5`, `1,204`. */
export function formatRate(value: number): string {
  if (value > 0 && value < 0.1) return '<0.1'
  return (value < 100 ? tenths : whole).format(value)
}

/** Bytes by powers of 1000, as the configuration counts them. */
export function formatBytes(bytes: number): string {
  const names = ['bytes', 'kB', 'MB', 'GB', 'TB']
  let [value, unit] = [bytes, 0]
  while (value >= 1000 && unit < names.length - 1) [value, unit] = [value / 1000, unit + 1]
  return `${unit === 0 ? whole.format(value) : tenths.format(value)} ${names[unit]}`
}

/** Units of a span, in ms; of each the next smaller one is said too, but for the last. */
const units = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
  [1, 'ms'],
] as const

/** A span of ms in its one or two greatest units: `340 ms`, `12 s`, `3 h 20 min`, `4 d`. */
export function formatSpan(milliseconds: number): string {
  const whole = Math.max(0, Math.round(milliseconds))
  const at = units.findIndex(([size]) => whole >= size)
  const [size, name] = units[at] ?? [1, 'ms']
  const first = `${Math.floor(whole / size)} ${name}`
  const [smaller, small] = units[at + 1] ?? [1, 'ms']
  const rest = Math.floor((whole % size) / smaller)
  return small === 'ms' || rest === 0 ? first : `${first} ${rest} ${small}`
}

/** A latency: as `formatSpan`, with the tenths of the first ten seconds. */
export function formatLatency(milliseconds: number): string {
  const hasTenths = milliseconds >= 1000 && milliseconds < 10_000
  return hasTenths ? `${tenths.format(milliseconds / 1000)} s` : formatSpan(milliseconds)
}

/** Time of day, with the day where it is not today's. */
export function formatTime(time: number): string {
  const date = new Date(time)
  const today = new Date().toDateString() === date.toDateString()
  return (today ? clock : dayAndClock).format(date)
}

export function formatUtc(time: number): string {
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? 'not a time' : date.toISOString().replace('T', ' ')
}
