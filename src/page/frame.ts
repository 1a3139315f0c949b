/**
 * A frame as it is sent: its text, each byte that is no text by its value, and the bytes counted.
 */
import { element } from './dom.ts'
import { formatNumber } from './format.ts'
import { visibleNodes } from './visible.ts'

export function frameElement(base64: string): HTMLElement {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  const length = `${formatNumber(bytes.length)} ${bytes.length === 1 ? 'byte' : 'bytes'}`
  return element(
    'section',
    { class: 'frame' },
    element('h4', {}, 'Frame as sent ', element('span', { class: 'quiet' }, length)),
    element('pre', { tabindex: '0', 'aria-label': `Frame as sent, ${length}` }, ...textOf(bytes)),
  )
}

/** UTF-8 where it is, else each byte that is not ASCII as `\xNN`. */
function textOf(bytes: Uint8Array): (Node | string)[] {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return visibleNodes(text)
  } catch {
    return [...bytes].flatMap((byte) => {
      if (byte < 0x80) return visibleNodes(String.fromCharCode(byte))
      return [element('span', { class: 'control' }, `\\x${byte.toString(16).padStart(2, '0')}`)]
    })
  }
}
