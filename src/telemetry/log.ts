/**
 * Cefline's own log, on standard error (standard output belongs to the console destination): JSON
 * lines by pino, or on a terminal one plain line per event. It never holds a record's values.
 */
import pino from 'pino'
import colors from 'picocolors'
import { printable } from '../io/printable.ts'
import { LogTail } from './log-tail.ts'

export type Level = 'debug' | 'info' | 'warn' | 'error'
export type Log = pino.Logger

export interface LogOptions {
  level: string
  /** auto: pretty on a terminal, else json. */
  format: 'auto' | 'json' | 'pretty'
}

const tails = new WeakMap<Log, LogTail>()

export function createLog(
  { level, format }: LogOptions,
  output: NodeJS.WritableStream = process.stderr,
): Log {
  const isTerminal = 'isTTY' in output && output.isTTY === true
  const pretty = format === 'pretty' || (format === 'auto' && isTerminal)
  const tail = new LogTail()
  const write = (line: string) => {
    tail.add(line)
    output.write(pretty ? prettyLine(line, isTerminal) : line)
  }
  const log = pino({ level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime }, { write })
  tails.set(log, tail)
  return log
}

/** What was logged last, an object a line, the oldest first; of a log that `createLog` made. */
export function lastLines(log: Log): string[] {
  return tails.get(log)?.lines ?? []
}

function prettyLine(json: string, colored: boolean): string {
  const { level, time, component, msg } = JSON.parse(json) as Record<string, string | number>
  const label = pino.levels.labels[Number(level)] ?? 'info'
  const color = colors.createColors(colored)
  const paint =
    label === 'error' || label === 'fatal'
      ? color.red
      : label === 'warn'
        ? color.yellow
        : color.green
  const head = `${color.dim(String(time).slice(11, 19))} ${paint(label.padEnd(5))}`
  const who = component === undefined ? '' : `${color.bold(String(component))}: `
  return `${head} ${who}${printable(String(msg))}\n`
}
