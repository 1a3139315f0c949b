/**
 * `cefline preview FILE…|-`: what would be sent for the records in a file: record → CEF → frame.
 * No network, no spool, and the file stays where it is. What the source's mapping hides of a record is
 * hidden here too, unless `--raw` asks for it; a record that is rejected is then not shown at all.
 * With `--against` the same records under another configuration too, and what that changes.
 *
 * A file of a known format of timelines is one. Another one that begins with `{`, `[` or `<` is activity
 * records as the Integration API gives them, in JSON or XML, anything else is a file of alerts. Exit code 0, or 1 when a record was rejected.
 */
import type { Configuration } from '../config/load.ts'
import type { Batch } from '../core.ts'
import { unpackLines } from '../io/lines.ts'
import { printable } from '../io/printable.ts'
import { readConfiguration, withEmbedded } from './configuration.ts'
import { compare } from './preview-against.ts'
import { eventJson, eventText, framersOf, framesOf, rejectText } from './preview-event.ts'
import type { Framer } from './preview-event.ts'
import { batchesOf, hideIn, shownReject, withGiven } from './preview-records.ts'
import type { Watched } from './preview-timeline.ts'

export interface PreviewOptions {
  config: string | undefined
  files: string[]
  source?: string
  limit?: number
  json?: boolean
  /** Records as they were read, with what the mapping hides. */
  raw?: boolean
  /** Path of another configuration. */
  against?: string
  /** With `against`, also the events that are the same under both. */
  all?: boolean
}

export async function preview(options: PreviewOptions): Promise<number> {
  const { against, ...others } = options
  const configuration = previewed(options.config)
  if (against === undefined) return previewOne(others, configuration)
  return compare(others, configuration, previewed(against))
}

function previewed(config: string | undefined): Configuration {
  return withEmbedded(readConfiguration(config), 'tcp://127.0.0.1:514')
}

async function previewOne(
  { files, source, limit = Infinity, json = false, raw = false }: PreviewOptions,
  configuration: Configuration,
): Promise<number> {
  const showing = new Showing(framersOf(configuration), limit, json)
  const reading = { configuration, source, raw }
  for (const file of files) {
    const batches = withGiven(file, (given) => batchesOf(given, reading))
    for await (const { batch, mapping } of batches) {
      showing.show(batch, mapping)
      if (showing.isFull) break
    }
    if (showing.isFull) break
  }
  return showing.rejected > 0 ? 1 : 0
}

class Showing {
  rejected = 0
  #shown = 0
  #isFull = false
  readonly #framers: readonly Framer[]
  readonly #limit: number
  readonly #json: boolean

  constructor(framers: readonly Framer[], limit: number, json: boolean) {
    this.#framers = framers
    this.#limit = limit
    this.#json = json
  }

  /** An event was left out. */
  get isFull(): boolean {
    return this.#isFull
  }

  show({ lines, notices = [], rejects }: Batch, mapping: Watched): void {
    for (const { message } of notices) console.error(printable(hideIn(message, mapping)))
    for (const reject of rejects) {
      this.rejected += 1
      const shown = shownReject(reject, mapping)
      console.log(this.#json ? JSON.stringify(shown) : rejectText(shown))
    }
    for (const line of unpackLines(lines.bytes)) {
      this.#isFull = this.#shown === this.#limit
      if (this.#isFull) return
      this.#shown += 1
      const fields = mapping.next()
      const frames = framesOf(line, this.#framers)
      const event = { record: Object.fromEntries(fields), ...eventJson(line, frames) }
      console.log(this.#json ? JSON.stringify(event) : eventText(this.#shown, fields, line, frames))
    }
  }
}
