/** Throughput, backlog and latency over the last hour or day, asked for again as time goes on. */
import { readHistory } from './api.ts'
import { byId, setText } from './dom.ts'
import { formatLatency, formatNumber, formatRate } from './format.ts'
import { countIncrements, rateIncrements, spanIncrements } from './increments.ts'
import { Plot } from './plot.ts'
import type { Curve } from './plot.ts'
import type { History, Range } from './shapes.ts'

/** ms between two looks, of each range. */
const every: Record<Range, number> = { hour: 10_000, day: 60_000 }

export class Plots {
  readonly #throughput = new Plot('Throughput', {
    unit: 'a second',
    format: formatRate,
    increments: rateIncrements,
  })
  readonly #backlog = new Plot('Backlog', {
    unit: 'lines without a receipt',
    format: formatNumber,
    increments: countIncrements,
  })
  readonly #latency = new Plot('Latency', {
    unit: 'from spool to receipt, the longest',
    format: formatLatency,
    increments: spanIncrements,
  })
  readonly #all = [this.#throughput, this.#backlog, this.#latency]
  readonly #note = byId('plot-note')
  readonly #day = byId<HTMLInputElement>('range-day')
  #timer = 0
  #asked = 0

  constructor() {
    byId('plots').replaceChildren(...this.#all.map(({ root }) => root))
    byId('range').addEventListener('change', () => void this.load())
  }

  /** Asks, and from then on again and again. */
  async load(): Promise<void> {
    const asked = (this.#asked += 1)
    const range: Range = this.#day.checked ? 'day' : 'hour'
    clearTimeout(this.#timer)
    try {
      const history = await readHistory(range)
      if (asked !== this.#asked) return
      this.#show(history)
      setText(this.#note, '')
    } catch (thrown) {
      if (asked === this.#asked) setText(this.#note, `Not loaded: ${(thrown as Error).message}`)
    }
    if (asked === this.#asked) this.#timer = setTimeout(() => void this.load(), every[range])
  }

  /** In the theme's colours. */
  draw(): void {
    for (const plot of this.#all) plot.draw()
  }

  #show({ from, step, sources, destinations }: History): void {
    const read = Object.entries(sources).map(([name, { read }]) => curve(`${name} read`, read))
    const to = Object.entries(destinations)
    const received = to.map(([name, values]) => curve(`${name} received`, values.received))
    const throughput = [...read, ...received]
    const length = Math.max(0, ...throughput.map(({ values }) => values.length))
    const times = Array.from({ length }, (_, index) => (from + index * step) / 1000)
    this.#throughput.update(times, throughput)
    this.#backlog.update(
      times,
      to.map(([name, values]) => curve(name, values.waiting)),
    )
    this.#latency.update(
      times,
      to.map(([name, values]) => curve(name, values.latency)),
    )
  }
}

function curve(name: string, values: (number | null)[]): Curve {
  return { name, values }
}
