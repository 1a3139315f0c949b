/**
 * How many columns of a terminal a text takes, and texts cut to that: East Asian characters and most
 * emoji take two (Unicode Standard Annex 11, wide and fullwidth), what is set above or below another
 * none. Terminals differ in a few; what is drawn must not rest on the last column.
 */

const segments = new Intl.Segmenter('en', { granularity: 'grapheme' })

const plain = /^[\u0020-\u007e]*$/
const wide =
  /\p{Script=Han}|\p{Script=Hangul}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Bopomofo}|\p{Emoji_Presentation}|\ufe0f|[\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u
const halfwidth = /^[\uff61-\uffdc]/
const nothing = /^[\p{Mark}\p{Cf}\u200b-\u200d]+$/u

/** Columns of a text that has no control characters. */
export function widthOf(text: string): number {
  if (plain.test(text)) return text.length
  let width = 0
  for (const { segment } of segments.segment(text)) width += columnsOf(segment)
  return width
}

/** The text, or its beginning with an ellipsis where it is wider than `width` columns. */
export function fitting(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  if (width < 1) return ''
  let kept = ''
  let left = width - 1
  for (const { segment } of segments.segment(text)) {
    left -= columnsOf(segment)
    if (left < 0) break
    kept += segment
  }
  return `${kept}…`
}

/** Spaces after the text, or before it, up to `width` columns. */
export function padded(text: string, width: number, right = false): string {
  const spaces = ' '.repeat(Math.max(0, width - widthOf(text)))
  return right ? spaces + text : text + spaces
}

function columnsOf(grapheme: string): number {
  if (nothing.test(grapheme)) return 0
  return wide.test(grapheme) && !halfwidth.test(grapheme) ? 2 : 1
}
