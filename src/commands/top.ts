/**
 * `cefline top`: sources and destinations of the running appliance, looked at again and again. On a
 * terminal a table that is drawn over, until `q` or Ctrl-C; elsewhere, and with `once`, one table as
 * text; with `json` an object a line. An appliance that stops is waited for.
 *
 * Exit code 0; 129 and 143 when a signal other than Ctrl-C ended it.
 */
import colors from 'picocolors'
import { printableJson } from '../io/printable.ts'
import { interruption } from './interruption.ts'
import { interruptKey, listenToKeys, suspendKey } from './keys.ts'
import { folderOf, reachRunning } from './reach.ts'
import type { ReachOptions } from './reach.ts'
import { Screen } from './screen.ts'
import { footLine, topLines, withinHeight } from './top-text.ts'
import type { Line, View } from './top-text.ts'
import { sortKeys } from './top-rows.ts'
import type { SortKey } from './top-rows.ts'
import { watchStatus } from './watch-status.ts'
import type { Look, Watching } from './watch-status.ts'

export interface TopOptions extends ReachOptions {
  /** ms */
  interval?: number
  sort?: SortKey
  once?: boolean
  json?: boolean
}

export async function top(options: TopOptions): Promise<number> {
  const { interval = 1000, sort = 'name', once = false, json = false, ...where } = options
  const { isTTY } = process.stdout
  if (once || (!json && !isTTY)) {
    const look = await lookOnce(where)
    const view = { look, sort, reversed: false, isPaused: false, interval, width: Infinity }
    if (json) console.log(jsonOf(look))
    else for (const line of topLines(view)) console.log(painted(line))
    return 0
  }
  const folder = folderOf(where)
  const interrupted = interruption(() => {})
  const watching = { folder, interval, signal: interrupted.signal }
  try {
    if (json) for await (const look of watchStatus(watching)) console.log(jsonOf(look))
    else await new Live(sort, watching).run()
  } finally {
    interrupted.end()
  }
  // Ctrl-C is how it is meant to end.
  return interrupted.code === undefined || interrupted.code === 130 ? 0 : interrupted.code
}

/** The table on a terminal. */
class Live {
  readonly #screen = new Screen(process.stdout)
  readonly #watching: Watching
  readonly #over = new AbortController()
  readonly #keys: ReturnType<typeof listenToKeys>
  #sort: SortKey
  #reversed = false
  #isPaused = false
  #look: Look | undefined
  /** The last one that had anything to show. */
  #seen: Look | undefined

  constructor(sort: SortKey, watching: Watching) {
    this.#sort = sort
    this.#watching = watching
    this.#keys = listenToKeys(process.stdin, (key) => this.#pressed(key))
  }

  async run(): Promise<void> {
    const redraw = () => this.#draw()
    const resumed = () => this.#resume()
    process.stdout.on('resize', redraw)
    process.on('SIGCONT', resumed)
    const signal = AbortSignal.any([this.#watching.signal, this.#over.signal])
    this.#screen.enter()
    try {
      for await (const look of watchStatus({ ...this.#watching, signal })) {
        if (signal.aborted) break
        if (this.#isPaused) continue
        this.#look = look
        if (look.seen) this.#seen = look
        this.#draw()
      }
    } finally {
      process.stdout.off('resize', redraw)
      process.off('SIGCONT', resumed)
      this.#keys.end()
      this.#screen.leave()
    }
  }

  #pressed(key: string): void {
    if (key === 'q' || key === interruptKey) this.#over.abort()
    else if (key === suspendKey) this.#suspend()
    else if (key === 's') this.#sort = after(this.#sort)
    else if (key === 'r') this.#reversed = !this.#reversed
    else if (key === 'p') this.#isPaused = !this.#isPaused
    this.#draw()
  }

  #suspend(): void {
    this.#keys.end()
    this.#screen.leave()
    process.kill(process.pid, 'SIGSTOP')
  }

  #resume(): void {
    this.#screen.enter()
    this.#keys.end()
    this.#keys.begin()
    this.#draw()
  }

  #draw(): void {
    const look = this.#look
    if (!look) return
    const { width, height } = this.#screen
    const view: View = {
      look,
      before: this.#seen,
      sort: this.#sort,
      reversed: this.#reversed,
      isPaused: this.#isPaused,
      interval: this.#watching.interval,
      width,
    }
    const lines = [...withinHeight(topLines(view), height - 2, width), { text: '' }, footLine(view)]
    this.#screen.draw(lines.slice(-height).map(painted))
  }
}

function lookOnce(where: ReachOptions): Promise<Look> {
  return reachRunning(where, async (control) => {
    const overview = await control.status({})
    return { at: Date.now(), seen: { running: control.running, overview } }
  })
}

/** `running` is null while nothing runs, and `problem` says so. */
function jsonOf({ at, seen, problem }: Look): string {
  const time = new Date(at).toISOString()
  return printableJson(
    seen
      ? { at: time, running: seen.running, ...seen.overview }
      : { at: time, running: null, problem },
  )
}

function painted({ text, paint }: Line): string {
  return paint === undefined ? text : colors[paint](text)
}

function after(key: SortKey): SortKey {
  return sortKeys[(sortKeys.indexOf(key) + 1) % sortKeys.length] ?? 'name'
}
