/**
 * `cefline tap`: events as they pass from the running appliance to its destinations, a line each. It
 * ends after `limit` events, at Ctrl-C, and when nobody reads any more. It only looks: what is too fast
 * for it is left out here, and said on standard error, and goes to the destinations all the same.
 *
 * Exit code 0; 1 when the appliance stops meanwhile.
 */
import { counted, write } from './text.ts'
import { interruption } from './interruption.ts'
import { reachRunning } from './reach.ts'
import type { ReachOptions } from './reach.ts'
import { printableJson } from '../io/printable.ts'
import { describe, eventLine, frameLine } from './tap-text.ts'
import type { TapQuery, TappedEvent } from '../control/verbs.ts'

export interface TapOptions extends ReachOptions {
  source?: string
  destination?: string
  /** The least CEF severity. */
  severity?: number
  match?: string
  latest?: number
  limit?: number
  follow?: boolean
  frame?: boolean
  json?: boolean
}

/** Of the latest, where nothing is followed. */
const usualLatest = 100
/** Said once on a terminal, where nothing may pass for long. */
const waiting = 'waiting for events; Ctrl-C ends'

export async function tap(options: TapOptions): Promise<number> {
  const { source, destination, severity, match: text, follow = true, ...more } = options
  const { latest = follow ? undefined : usualLatest, limit = Infinity, ...where } = more
  const chosen = { source, destination, severity, text, latest }
  const given = Object.entries(chosen).filter(([, value]) => value !== undefined)
  const query: TapQuery = { follow, ...Object.fromEntries(given) }
  return reachRunning(where, async (control) => {
    // An answer that is being waited for ends with its connection.
    const interrupted = interruption(() => void control.close())
    let left = limit
    let isWaiting = false
    try {
      for await (const { events, skipped } of control.tap(query)) {
        if (skipped > 0) console.error(`${counted(skipped, 'event')} passed too fast to be shown`)
        for (const event of events.slice(0, left)) {
          await write(process.stdout, `${shown(event, options)}\n`)
        }
        left -= events.length
        if (left <= 0) break
        if (follow && !isWaiting && process.stderr.isTTY) console.error(waiting)
        isWaiting = true
      }
      return 0
    } catch (thrown) {
      if (interrupted.code === undefined) throw thrown
      return interrupted.code === 130 ? 0 : interrupted.code
    } finally {
      interrupted.end()
    }
  })
}

function shown(event: TappedEvent, { json, frame }: TapOptions): string {
  if (json) return printableJson(describe(event))
  if (frame) return frameLine(event)
  return eventLine(event, process.stdout.isTTY ? process.stdout.columns : Infinity)
}
