/** Times in elements of kind `time`, whose text is the viewer's and whose value is UTC. */
import { element, setAttribute, setText } from './dom.ts'
import { formatTime, formatUtc } from './format.ts'

/** Shows a time in an element of kind `time`, UTC on hover; undefined: the text for none. */
export function showTime(node: HTMLTimeElement, time: number | undefined, none: string): void {
  const known = time !== undefined && !Number.isNaN(new Date(time).getTime())
  setText(node, known ? formatTime(time) : none)
  setAttribute(node, 'datetime', known ? new Date(time).toISOString() : undefined)
  setAttribute(node, 'title', known ? formatUtc(time) : undefined)
}

export function timeElement(time: number): HTMLTimeElement {
  const node = element('time')
  showTime(node, time, 'unknown')
  return node
}
