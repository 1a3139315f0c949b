/**
 * One event of a preview: its line, and the frames that each destination makes of it with their sizes,
 * as text and as JSON. In the text each byte that is no printable character is an escape, so that a
 * frame's end (line feed, NUL) and its octet count can be seen.
 */
import colors from 'picocolors'
import { createDestination, largestOf } from '../components.ts'
import { decode } from '../cef/decode.ts'
import type { Configuration } from '../config/load.ts'
import type { Destination, Reject } from '../core.ts'
import type { unpackLines } from '../io/lines.ts'
import { printable } from '../io/printable.ts'
import type { Fields } from './preview-record.ts'
import { count } from './text.ts'

export type Line = ReturnType<typeof unpackLines>[number]

export interface Frame {
  destination: string
  /** Empty when the destination cannot send the event. */
  frame: Buffer
  /** Most bytes of a message, without what frames it; undefined: any number. */
  maxBytes: number | undefined
}

export interface Framer {
  name: string
  destination: Destination
}

/** One for each destination. Throws `config` when options do not go together. */
export function framersOf({ destinations }: Configuration): Framer[] {
  return destinations.map((configuration) => ({
    name: configuration.name,
    destination: createDestination(configuration),
  }))
}

export function framesOf({ cef, time, severity }: Line, framers: readonly Framer[]): Frame[] {
  return framers.map(({ name, destination }) => ({
    destination: name,
    frame: destination.frame(cef, time, severity),
    maxBytes: largestOf(destination),
  }))
}

/** What is sent, for `JSON.stringify`. */
export function eventJson({ cef, time, severity }: Line, frames: readonly Frame[]): object {
  return {
    time: new Date(time).toISOString(),
    severity,
    cef,
    bytes: Buffer.byteLength(cef),
    frames: byDestination(frames, ({ frame }) => frame.toString('utf8')),
    sizes: byDestination(frames, ({ frame, maxBytes = null }) => {
      return { bytes: frame.length, maxBytes }
    }),
  }
}

function byDestination(frames: readonly Frame[], each: (frame: Frame) => unknown): object {
  return Object.fromEntries(frames.map((frame) => [frame.destination, each(frame)]))
}

export function eventText(
  number: number,
  fields: Fields,
  { cef, time, severity }: Line,
  frames: readonly Frame[],
): string {
  const { vendor, product, classId, name, extension } = decode(cef)!
  const width = Math.max(...[...fields, ...extension].map(([key]) => key.length))
  return [
    colors.bold(`#${number} ${printable(name)}`),
    ...fields.map(([name, value]) => `  ${colors.green(name.padEnd(width))}  ${printable(value)}`),
    `  ${vendor} | ${printable(product)} | ${printable(classId)} | severity ${severity} | ${new Date(time).toISOString()}`,
    ...extension.map(([key, value]) => `  ${colors.cyan(key.padEnd(width))}  ${printable(value)}`),
    `  ${colors.dim(`CEF, ${Buffer.byteLength(cef)} bytes`)}  ${printable(cef)}`,
    ...frames.map((frame) => `  ${frameText(frame)}`),
    '',
  ].join('\n')
}

/** `siem, 650 bytes (maxBytes 8,096)  <163>Mar 28 …\x0a` */
export function frameText({ destination, frame, maxBytes }: Frame): string {
  const most = maxBytes === undefined ? '' : ` (maxBytes ${count(maxBytes)})`
  const size = colors.dim(`${destination}, ${frame.length} bytes${most}`)
  const text =
    frame.length > 0
      ? printable(frame.toString('utf8'))
      : colors.red('cannot be sent: it cannot be made to fit')
  return `${size}  ${text}`
}

export function rejectText({ code, reason, record }: Reject): string {
  return `${colors.red(`rejected (${code})`)} ${printable(reason)}\n  ${printable(record)}\n`
}
