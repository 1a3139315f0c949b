/**
 * Events on their way, as `tap` prints them.
 */
import colors from 'picocolors'
import type { TappedEvent } from '../control/verbs.ts'
import { printable } from '../io/printable.ts'
import { fitting } from '../io/width.ts'
import { shownEvents } from '../status/shown-event.ts'
import type { ShownEvent } from '../status/shown-event.ts'

/** What says who did what where: CEF's keys, in the order in which they are shown. */
const keyFields = [
  'act',
  'suser',
  'duser',
  'src',
  'dst',
  'shost',
  'dhost',
  'dvchost',
  'filePath',
  'fname',
  'deviceProcessName',
  'outcome',
  'reason',
  'msg',
]

/** With its line read, as the status page's `/api/events` has it. */
export function describe(event: TappedEvent): ShownEvent {
  return shownEvents({ events: [event] })[0]!
}

/** `2026-11-22T07:43:45.314Z alerts → siem 7 Added user act=Added suser=…`; cut to `width` columns. */
export function eventLine(event: TappedEvent, width = Infinity): string {
  const { header, fields } = describe(event)
  const found = new Map(fields)
  // The same host often stands under three keys.
  const seen = new Set<string | undefined>([undefined, ''])
  const shown = keyFields.filter((key) => {
    const value = found.get(key)
    const isNew = !seen.has(value)
    seen.add(value)
    return isNew
  })
  const where = `${event.queue} → ${event.destination}`
  const begin = `${new Date(event.at).toISOString()} ${where} `
  const rest = ` ${header.name || event.cef} ${shown.map((key) => `${key}=${found.get(key)}`).join(' ')}`
  const whole = printable(`${begin}${event.severity}${rest}`.trimEnd())
  const text = fitting(whole, width)
  const number = String(event.severity)
  const at = printable(begin).length
  if (text.length < at + number.length) return text
  return `${colors.dim(text.slice(0, at))}${weigh(event.severity)(number)}${text.slice(at + number.length)}`
}

/** What is sent, each byte that is no printable text as an escape, with its size. */
export function frameLine(event: TappedEvent): string {
  const frame = Buffer.from(event.frame, 'base64')
  const where = colors.dim(`${event.destination}, ${frame.length} bytes`)
  return `${where}  ${printable(frame.toString('utf8'))}`
}

function weigh(severity: number): (text: string) => string {
  return severity >= 7 ? colors.red : severity >= 4 ? colors.yellow : colors.green
}
