/**
 * What a conversion says of itself at its end, for people and as JSON.
 */
import colors from 'picocolors'
import { printable, shorten } from '../io/printable.ts'
import type { Reason, Tally } from './convert-tally.ts'
import { count, counted, size, table } from './text.ts'

/** Lines of the table; the rest is summed. */
const mostKinds = 15
const reasonLength = 200

export interface Conversion {
  tally: Tally
  /** What the reader said: the format, that the file is empty. */
  notices: readonly string[]
  /** Bytes read of the file, and of CEF or JSON made. */
  bytesRead: number
  bytesMade: number
  milliseconds: number
}

/** `{read, converted, rejected, ignored, …}`, on one line; read = converted + rejected + ignored. */
export function summaryJson(conversion: Conversion): string {
  const { tally, bytesRead, bytesMade } = conversion
  const { read, converted, rejected, ignored, timeless, first, last } = tally
  return JSON.stringify({
    ...{ read, converted, rejected, ignored },
    first: first === undefined ? null : iso(first),
    last: last === undefined ? null : iso(last),
    withoutTime: timeless,
    ...{ bytesRead, bytesMade },
    seconds: conversion.milliseconds / 1000,
    rowsPerSecond: rate(conversion),
    kinds: tally.kinds(),
    rejects: tally.reasons(),
    notices: conversion.notices,
  })
}

export function summaryText(conversion: Conversion): string[] {
  const { tally, bytesRead, bytesMade, milliseconds } = conversion
  const { read, converted, rejected, ignored } = tally
  const spent = `${(milliseconds / 1000).toFixed(1)} s, ${count(rate(conversion))}/s`
  return [
    ...conversion.notices.map(printable),
    `${count(read)} read = ${count(converted)} converted + ${count(rejected)} rejected + ${count(ignored)} ignored`,
    ...timeLines(tally),
    `${size(bytesRead)} to ${size(bytesMade)} in ${spent}`,
    ...kindLines(tally),
    ...tally.reasons().map(reasonLine),
  ]
}

function timeLines({ first, last, timeless }: Tally): string[] {
  return [
    ...(first === undefined || last === undefined ? [] : [`from ${iso(first)} to ${iso(last)}`]),
    ...(timeless === 0 ? [] : [`${counted(timeless, 'event')} without a time`]),
  ]
}

function kindLines(tally: Tally): string[] {
  const kinds = tally.kinds()
  if (kinds.length === 0) return []
  const rest = kinds.slice(mostKinds)
  const sum = rest.reduce((sum, { count }) => sum + count, 0)
  const rows = kinds
    .slice(0, mostKinds)
    .map(({ source, type, count: events }) => [source || '-', count(events), type])
  if (rest.length > 0) rows.push(['others', count(sum), counted(rest.length, 'more kind')])
  return table(['source', '#events', 'type'], rows).map((line, index) =>
    index === 0 ? colors.dim(line) : line,
  )
}

function reasonLine({ code, reason, count: rejects, rows }: Reason): string {
  const known = rows.filter((row) => row > 0)
  const more = rejects > rows.length ? ', …' : ''
  const where = known.length === 0 ? '' : ` (rows ${known.map(count).join(', ')}${more})`
  const what = code === '' ? reason : `${code}, ${shorten(printable(reason), reasonLength)}`
  return `${colors.red(`${count(rejects)} rejected`)}: ${what}${where}`
}

function rate({ tally, milliseconds }: Conversion): number {
  return Math.round(tally.read / (Math.max(milliseconds, 1) / 1000))
}

/** Years before 1 and after 9999 do not come. */
function iso(time: number): string {
  return new Date(time).toISOString()
}
