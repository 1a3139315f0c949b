/**
 * Text of others made visible: a control character, a bidirectional override, a line separator or an
 * invisible space would otherwise hide or turn round what a record says.
 */
import { element } from './dom.ts'

const hidden =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** Names of the usual ones; others are `U+200E`. */
const names = new Map([
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\0', '\\0'],
])

/** The name that a hidden character is shown by. */
function nameOf(character: string): string {
  const code = character.charCodeAt(0)
  return names.get(character) ?? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
}

/** The text with each hidden character by name, for a place that holds plain text only. */
export function visible(text: string): string {
  return text.replace(hidden, (character) => `[${nameOf(character)}]`)
}

/** The same, each hidden character marked as one. */
export function visibleNodes(text: string): (Node | string)[] {
  const nodes: (Node | string)[] = []
  let from = 0
  for (const { 0: character, index } of text.matchAll(hidden)) {
    if (index > from) nodes.push(text.slice(from, index))
    nodes.push(element('span', { class: 'control' }, nameOf(character)))
    from = index + 1
  }
  if (from < text.length) nodes.push(text.slice(from))
  return nodes
}
