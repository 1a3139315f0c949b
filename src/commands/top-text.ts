/**
 * What `top` shows, as lines that fit: first the appliance and its spool, then a table of the sources
 * and one of the destinations, at the end the keys.
 */
import { printable } from '../io/printable.ts'
import { fitting, widthOf } from '../io/width.ts'
import { fittedTable } from './fitted-table.ts'
import type { Column } from './fitted-table.ts'
import { age, count, counted, size } from './text.ts'
import {
  destinationColumns,
  destinationRows,
  sorted,
  sourceColumns,
  sourceRows,
} from './top-rows.ts'
import type { Row, SortKey } from './top-rows.ts'
import type { Look } from './watch-status.ts'

export interface View {
  look: Look
  /** The last one that had anything to show, when this one has not. */
  before?: Look | undefined
  sort: SortKey
  reversed: boolean
  isPaused: boolean
  /** ms */
  interval: number
  /** Columns; Infinity where nothing needs to fit. */
  width: number
}

/** A line, cut to the width already, and how it is painted. */
export interface Line {
  text: string
  paint?: 'bold' | 'dim' | 'red' | 'yellow'
}

const barWidth = 20
/** Of the spool's bytes, from where on it is shown as nearly full. */
const nearlyFull = 0.8
const paints = ['red', 'yellow', 'dim', undefined] as const

export function topLines(view: View): Line[] {
  const { look, before, width } = view
  const cut = (text: string, paint?: Line['paint']): Line => {
    return { text: fitting(printable(text), width), ...(paint && { paint }) }
  }
  const shown = look.seen ?? before?.seen
  const waits = look.problem === undefined ? [] : [cut(`${look.problem}; waits for it`, 'red')]
  if (!shown) return waits
  const { overview, running } = shown
  const { spool, damaged } = overview
  const at = look.seen ? look.at : (before?.at ?? look.at)
  const up = age(Date.parse(overview.startedAt), at)
  const kept = `${counted(spool.rejects, 'reject')} kept, ${counted(damaged.length, 'damaged block')}`
  const trouble =
    spool.problem !== undefined
      ? `: ${spool.problem}`
      : spool.full
        ? ', full: the sources wait'
        : ''
  const share = spool.maxBytes === 0 ? 0 : spool.bytes / spool.maxBytes
  const full = trouble !== '' ? 'red' : share >= nearlyFull ? 'yellow' : undefined
  return [
    cut(
      `Cefline ${running.version}, process ${running.pid}, up ${up}; ${overview.configuration}`,
      'bold',
    ),
    cut(
      `spool ${spool.folder} ${bar(share)} ${size(spool.bytes)} of ${size(spool.maxBytes)}${trouble}; ${kept}`,
      full,
    ),
    ...waits,
    { text: '' },
    ...tableLines(sourceColumns, sourceRows(overview, at), view),
    { text: '' },
    ...tableLines(destinationColumns, destinationRows(overview, at), view),
  ]
}

/** What is being done, as much of it as there is room for, and the keys. */
export function footLine({ look, sort, reversed, isPaused, interval, width }: View): Line {
  const time = new Date(look.at).toISOString().slice(11, 19)
  const order = `by ${sort}${reversed ? ' reversed' : ''}`
  const mode = isPaused ? 'paused' : `every ${interval / 1000} s`
  const keys = 's sort  r reverse  p pause  q quit'
  const said = [`${time}Z ${mode}, ${order}`, `${mode}, ${order}`, isPaused ? mode : order]
  const whole = said.map((what) => `${what}   ${keys}`).find((text) => widthOf(text) <= width)
  const text = fitting(whole ?? keys, width)
  return { text, paint: isPaused ? 'yellow' : 'dim' }
}

/** What there is room for; how much there is not. */
export function withinHeight(lines: readonly Line[], height: number, width: number): Line[] {
  if (lines.length <= height) return [...lines]
  const left = lines.length - height + 1
  const more = { text: fitting(`… ${counted(left, 'line')} more`, width), paint: 'dim' as const }
  return height < 1 ? [] : [...lines.slice(0, height - 1), more]
}

function tableLines(columns: readonly Column[], rows: readonly Row[], view: View): Line[] {
  const ordered = sorted(rows, view.sort, view.reversed)
  const cells = ordered.map((row) => row.cells)
  return fittedTable(columns, cells, view.width).map((text, index) => {
    const row = ordered[index - 1]
    const paint = row ? paints[row.health] : 'bold'
    return { text, ...(paint && { paint }) }
  })
}

function bar(share: number): string {
  const blocks = Math.min(barWidth, Math.ceil(share * barWidth))
  return `${'█'.repeat(blocks)}${'░'.repeat(barWidth - blocks)} ${count(Math.round(share * 100))} %`
}
