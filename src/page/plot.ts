/**
 * One plot: its curves over time, a legend of switches that shows the values under the pointer (else
 * the latest), and the same as a table.
 */
import uPlot from './uplot.js'
import { element, keyed, setAttribute, setText } from './dom.ts'
import { alone } from './alone.ts'
import { colourOf, dashOf, readPalette } from './palette.ts'
import { plotTable } from './plot-table.ts'
import { visible } from './visible.ts'

/** How a plot's values are written. */
export interface Measure {
  unit: string
  format: (value: number) => string
  /** How far apart the marks of the axis may be. */
  increments: readonly number[]
}

export interface Curve {
  name: string
  values: (number | null)[]
}

interface Entry {
  root: HTMLButtonElement
  value: HTMLElement
}

/** Pixels. */
const height = 170

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

export class Plot {
  readonly root: HTMLElement
  readonly #title: string
  readonly #measure: Measure
  readonly #canvas: HTMLElement
  readonly #legend = element('div', { class: 'legend' })
  readonly #entries = new Map<string, Entry>()
  readonly #values = element('div', { class: 'scroll', tabindex: '0' })
  readonly #details: HTMLDetailsElement
  /** Names of curves that were switched off. */
  readonly #off = new Set<string>()
  #plot: uPlot | undefined
  #times: number[] = []
  #curves: Curve[] = []

  constructor(title: string, measure: Measure) {
    this.#title = title
    this.#measure = measure
    this.#canvas = element('div', { class: 'canvas', role: 'img', 'aria-label': title })
    this.#values.setAttribute('role', 'region')
    this.#values.setAttribute('aria-label', `${title}: values`)
    this.#legend.setAttribute('role', 'group')
    this.#legend.setAttribute('aria-label', `${title}: curves shown`)
    this.#details = element('details', {}, element('summary', {}, 'Values'), this.#values)
    this.#details.addEventListener('toggle', () => this.#tabulate())
    this.root = element(
      'section',
      { class: 'plot' },
      element('h3', {}, title, element('span', { class: 'quiet' }, ` ${measure.unit}`)),
      this.#canvas,
      this.#legend,
      this.#details,
    )
    new ResizeObserver(() => this.#resize()).observe(this.#canvas)
  }

  /** `times` in s since 1970, a value of each curve for each. */
  update(times: number[], curves: Curve[]): void {
    const same = curves.map(({ name }) => name).join('\n')
    const before = this.#curves.map(({ name }) => name).join('\n')
    this.#times = times
    this.#curves = curves
    if (!this.#plot || same !== before) this.draw()
    else this.#plot.setData(this.#data())
    this.#list()
    this.#tabulate()
    const latest = curves.map((curve) => `${visible(curve.name)} ${this.#text(curve, undefined)}`)
    setAttribute(this.#canvas, 'aria-label', `${this.#title}, latest: ${latest.join(', ')}`)
  }

  /** Anew, such as after a change of the theme. */
  draw(): void {
    this.#plot?.destroy()
    this.#plot = undefined
    if (this.#times.length === 0) return
    this.#plot = new uPlot(this.#options(), this.#data(), this.#canvas)
    this.#list()
  }

  #data(): uPlot.AlignedData {
    return [this.#times, ...this.#curves.map(({ values }) => values)]
  }

  #options(): uPlot.Options {
    const palette = readPalette()
    const { format, increments } = this.#measure
    const [least = 1] = increments
    const axis = {
      stroke: palette.text,
      font: palette.font,
      grid: { stroke: palette.grid, width: 1 },
      ticks: { show: false },
    }
    return {
      width: Math.max(200, this.#canvas.clientWidth),
      height,
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, points: { size: 6 }, y: false },
      scales: {
        y: { range: (_plot, _least, most) => [0, most > 0 ? Math.max(most * 1.12, least) : 1] },
      },
      axes: [
        {
          ...axis,
          space: 60,
          size: 28,
          values: (_plot, splits) => splits.map((seconds) => clock.format(seconds * 1000)),
        },
        {
          ...axis,
          size: 62,
          incrs: [...increments],
          values: (_plot, splits) => splits.map(format),
        },
      ],
      series: [
        {},
        ...this.#curves.map(({ name }, index) => ({
          label: name,
          show: !this.#off.has(name),
          stroke: colourOf(palette, index),
          dash: dashOf(index),
          width: 1.75,
          points: { show: false, filter: () => alone(this.#curves[index]?.values ?? []), size: 4 },
        })),
      ],
      hooks: { setCursor: [({ cursor }) => this.#show(cursor.idx ?? undefined)] },
    }
  }

  #list(): void {
    const palette = readPalette()
    keyed(
      this.#legend,
      this.#entries,
      this.#curves,
      ({ name }) => name,
      ({ name }) => this.#entry(name),
      ({ root }, { name }) => {
        const index = this.#curves.findIndex((curve) => curve.name === name)
        root.style.setProperty('--colour', colourOf(palette, index))
        setAttribute(root, 'data-dash', String(index % 6))
        setAttribute(root, 'aria-pressed', String(!this.#off.has(name)))
      },
    )
    this.#show(undefined)
  }

  #entry(name: string): Entry {
    const value = element('span', { class: 'number' })
    const swatch = element('span', { class: 'swatch', 'aria-hidden': 'true' })
    const root = element('button', { type: 'button' }, swatch, visible(name), ' ', value)
    root.addEventListener('click', () => {
      const off = !this.#off.has(name)
      if (off) this.#off.add(name)
      else this.#off.delete(name)
      const index = this.#curves.findIndex((curve) => curve.name === name)
      this.#plot?.setSeries(index + 1, { show: !off })
      root.setAttribute('aria-pressed', String(!off))
    })
    return { root, value }
  }

  /** The values of a moment in the legend; undefined: the latest. */
  #show(index: number | undefined): void {
    for (const curve of this.#curves) {
      const entry = this.#entries.get(curve.name)
      if (entry) setText(entry.value, this.#text(curve, index))
    }
  }

  #text({ values }: Curve, index: number | undefined): string {
    const value = index === undefined ? values.findLast((one) => one !== null) : values[index]
    return typeof value === 'number' ? this.#measure.format(value) : '–'
  }

  #tabulate(): void {
    if (!this.#details.open) return
    const { format } = this.#measure
    this.#values.replaceChildren(plotTable(this.#title, this.#times, this.#curves, format))
  }

  #resize(): void {
    const width = this.#canvas.clientWidth
    if (width > 0 && this.#plot && this.#plot.width !== width) this.#plot.setSize({ width, height })
  }
}
