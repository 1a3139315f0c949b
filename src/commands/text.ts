/**
 * What the commands print with: tables, sizes and spans of time, all of it fit for a terminal.
 */
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { suggestion } from '../io/nearest.ts'
import { printable } from '../io/printable.ts'
import { padded, widthOf } from '../io/width.ts'

/**
 * Aligned columns. One whose head begins with `#` holds numbers, to the right; the last column may
 * be as long as it likes.
 */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const right = heads.map((head) => head.startsWith('#'))
  const lines = [heads.map((head) => head.replace('#', '')), ...rows].map((row) =>
    row.map(printable),
  )
  const widths = heads.map((_, column) =>
    Math.max(...lines.map((row) => widthOf(row[column] ?? ''))),
  )
  return lines.map((row) =>
    row
      .map((cell, column) => padded(cell, widths[column] ?? 0, right[column]))
      .join('  ')
      .trimEnd(),
  )
}

export function count(value: number): string {
  return value.toLocaleString('en-US')
}

/** `1 reject`, `2 rejects`. */
export function counted(value: number, name: string): string {
  return `${count(value)} ${name}${value === 1 ? '' : 's'}`
}

/** `there is no command "chek"; did you mean check?` */
export function noCommand(word: string, known: readonly string[]): string {
  return `there is no command "${printable(word)}"${suggestion(word, known)}`
}

const units = ['B', 'kB', 'MB', 'GB', 'TB']

export function size(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`
}

/** `since` in ms since 1970, as the two largest units that it has: `3d 4h`, `12m 5s`, `0s`. */
export function age(since: number, now = Date.now()): string {
  const seconds = Math.max(0, Math.floor((now - since) / 1000))
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const
  const first = parts.findIndex(([value]) => value > 0)
  if (first === -1) return '0s'
  const shown = parts.slice(first, first + 2).filter(([value]) => value > 0)
  return shown.map(([value, unit]) => `${value}${unit}`).join(' ')
}

/** For output that may be larger than memory. */
export async function write(output: Writable, text: string): Promise<void> {
  if (!output.write(text)) await once(output, 'drain')
}
