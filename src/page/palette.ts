/**
 * Colours of the plots, out of the theme's variables. The series' are those of Okabe and Ito, told
 * apart with any kind of colour blindness, darkened or lightened until they stand out from the
 * ground; each has a dash of its own beside, for those who see no colour.
 */
import { element } from './dom.ts'

export interface Palette {
  text: string
  grid: string
  series: string[]
  font: string
}

/** Colours that the style sheets define, as `--series-1` and so on. */
const colours = 6
const dashes = [[], [7, 4], [2, 3], [10, 3, 2, 3], [4, 2], [12, 5]]

export function readPalette(): Palette {
  // A variable's own value is still `light-dark(…)`; a colour of an element is the one in force.
  const probe = element('span')
  document.body.append(probe)
  const style = getComputedStyle(probe)
  const resolved = (name: string) => {
    probe.style.color = `var(${name})`
    return style.color
  }
  const palette = {
    text: resolved('--quiet'),
    grid: resolved('--grid'),
    series: Array.from({ length: colours }, (_, index) => resolved(`--series-${index + 1}`)),
    font: '12px system-ui, sans-serif',
  }
  probe.remove()
  return palette
}

export function colourOf(palette: Palette, index: number): string {
  return palette.series[index % palette.series.length] ?? palette.text
}

export function dashOf(index: number): number[] {
  return dashes[index % dashes.length] ?? []
}
