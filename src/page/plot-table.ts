/** The values of a plot as a table, for those who read no picture: at most thirty rows, the newest
 * first, each the plot's own value of that moment. */
import { element } from './dom.ts'
import type { Curve } from './plot.ts'
import { timeElement } from './time-element.ts'
import { visible } from './visible.ts'

const rowsShown = 30

/** `times` in s since 1970. */
export function plotTable(
  title: string,
  times: readonly number[],
  curves: readonly Curve[],
  format: (value: number) => string,
): HTMLElement {
  const every = Math.max(1, Math.ceil(times.length / rowsShown))
  const rows: HTMLElement[] = []
  for (let index = times.length - 1; index >= 0; index -= every) {
    const values = curves.map(({ values }) => values[index])
    if (values.every((value) => value === null || value === undefined)) continue
    rows.push(
      element(
        'tr',
        {},
        element('th', { scope: 'row' }, timeElement((times[index] ?? 0) * 1000)),
        ...values.map((value) =>
          element('td', { class: 'number' }, typeof value === 'number' ? format(value) : '–'),
        ),
      ),
    )
  }
  const heads = curves.map(({ name }) => element('th', { scope: 'col' }, visible(name)))
  return element(
    'table',
    {},
    element('caption', {}, title),
    element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, 'Time'), ...heads)),
    element('tbody', {}, ...rows),
  )
}
