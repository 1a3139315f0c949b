/**
 * Options that several commands have, and how the text of one is read.
 */
import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'

/** What every command takes that reaches an appliance. */
export interface ReachFlags {
  folder?: string
  json?: boolean
}

export function reaching(command: Command, json = 'print JSON'): Command {
  return command
    .option('--folder <path>', 'the spool’s folder (default: as configured)')
    .option('--json', json)
}

export function wholeNumbers(text: string, before: number[] | undefined): number[] {
  return [...(before ?? []), wholeNumber(text)]
}

export function wholeNumber(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number from 1 on.')
}

/** Of CEF. */
export function severity(text: string): number {
  if (/^(\d|10)$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number from 0 to 10.')
}

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const
/** ms; a tenth of a second is as often as anybody can look. */
const shortest = 100
const longest = 24 * units.h

/** `500ms`, `2s`, `5m`, `1h` in ms. */
export function duration(text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,8})(ms|s|m|h)$/.exec(text) ?? []
  const time = Number(digits) * units[unit as keyof typeof units]
  if (time >= shortest && time <= longest) return time
  throw new InvalidArgumentError('It must be a time from 100ms to 24h, such as 500ms, 2s or 5m.')
}
