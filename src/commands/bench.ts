/**
 * `cefline bench`: what this machine, the spool's volume and, where one is named, a receiver can take.
 * Each part is measured alone, once, with events of its own making; the figures are of this moment, on
 * a machine that may be doing other things, and what is not measured is not claimed.
 *
 * The spool is tried in a folder of its own on the configured one's volume, which is removed. Only with
 * `--destination` anything leaves this machine. Exit code 0, or 1 when the receiver did not take all.
 */
import { printable } from '../io/printable.ts'
import { benchDestination } from './bench-destination.ts'
import type { Sent } from './bench-destination.ts'
import { benchMapping, madeLines } from './bench-events.ts'
import type { Mapped } from './bench-events.ts'
import { benchSpool } from './bench-spool.ts'
import type { Spooled } from './bench-spool.ts'
import { readConfiguration, withEmbedded } from './configuration.ts'
import { interruption } from './interruption.ts'
import { count, size } from './text.ts'

export interface BenchOptions {
  config: string | undefined
  events?: number
  destination?: string
  json?: boolean
}

interface Measured {
  events: number
  mapping: Mapped
  spool: Spooled
  destination?: Sent
}

const usual = 50_000

export async function bench({
  config,
  events = usual,
  destination,
  json = false,
}: BenchOptions): Promise<number> {
  const configuration = withEmbedded(readConfiguration(config), 'tcp://127.0.0.1:514')
  const print = (lines: string[]) => {
    if (!json) for (const line of lines) console.log(printable(line))
  }
  const stopping = new AbortController()
  const interrupted = interruption(() => stopping.abort())
  const { signal } = stopping
  try {
    const mapping = await benchMapping(configuration, events, signal)
    print(mappingText(mapping))
    const spool = await benchSpool(configuration.spool, madeLines(events), signal)
    print(spoolText(spool))
    const measured: Measured = { events, mapping, spool }
    if (destination !== undefined) {
      const sent = await benchDestination(configuration, destination, events, signal)
      measured.destination = sent
      print(sentText(sent))
    }
    const bound = boundOf(measured)
    if (json) console.log(JSON.stringify({ ...measured, bound }))
    else print([bound])
    return measured.destination?.received === false ? 1 : 0
  } catch (thrown) {
    if (interrupted.code === undefined) throw thrown
    return interrupted.code
  } finally {
    interrupted.end()
  }
}

function mappingText({ profile, eventsPerSecond, bytesPerEvent }: Mapped): string[] {
  return [
    `map and encode  ${rate(eventsPerSecond)}, one thread (${profile}, ${count(bytesPerEvent)} bytes an event)`,
  ]
}

function spoolText({ place, fileSystem, ...figures }: Spooled): string[] {
  const { eventsPerSecond, bytesPerSecond, appendMedian, appendWorst, appends } = figures
  return [
    `spool           ${rate(eventsPerSecond)}, ${size(bytesPerSecond)}/s in large batches, on disk (${fileSystem}, ${place})`,
    `one event       ${ms(appendMedian)} to be on disk, ${ms(appendWorst)} at worst of ${appends}`,
  ]
}

function sentText({ name, received, proof, problem, rejected, ...figures }: Sent): string[] {
  const { events, eventsPerSecond, bytesPerSecond, milliseconds } = figures
  if (!received) return [`${name}  not all were received after ${ms(milliseconds)}: ${problem}`]
  const refused = rejected === 0 ? '' : `; ${count(rejected)} it could not take as they are`
  return [
    `${name}  ${rate(eventsPerSecond)}, ${size(bytesPerSecond)}/s: ${count(events)} sent and received in ${ms(milliseconds)} (${proof})${refused}`,
  ]
}

/** The slowest of what was measured. */
function boundOf({ mapping, spool, destination }: Measured): string {
  const parts: [string, number][] = [
    ['mapping, by one processor', mapping.eventsPerSecond],
    ['the spool’s volume', spool.eventsPerSecond],
    ...(destination?.received
      ? [[`${destination.name}, or the way to it`, destination.eventsPerSecond] as [string, number]]
      : []),
  ]
  const [slowest] = parts.sort(([, a], [, b]) => a - b)
  const limit =
    destination?.received && destination.limit !== null
      ? `; ${destination.name} is configured to get ${destination.limit}`
      : ''
  const without = destination === undefined ? '; no receiver was tried (--destination)' : ''
  return `bound by ${slowest?.[0]}: ${rate(slowest?.[1] ?? 0)} of events like these, measured apart${limit}${without}`
}

function rate(perSecond: number): string {
  return `${count(Math.round(perSecond))} events/s`
}

function ms(milliseconds: number): string {
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : count(Math.round(milliseconds))} ms`
}
