/**
 * A batch as the text of files: one line for each of its events, or of its rejects.
 */
import type { Batch } from '../core.ts'
import { eachLine } from '../io/lines.ts'
import { cadoJson } from '../mappings/cado-json.ts'

/** The lines as they are, each with a line feed. */
export function cefText({ lines }: Batch): Buffer {
  const text = Buffer.allocUnsafe(lines.bytes.length)
  let used = 0
  eachLine(lines.bytes, (start, end) => {
    used += lines.bytes.copy(text, used, start, end)
    text[used] = 0x0a
    used += 1
  })
  return text.subarray(0, used)
}

/** CadoJson, an object a line. */
export function jsonText({ lines }: Batch): Buffer {
  const texts: string[] = []
  eachLine(lines.bytes, (start, end) => {
    const line = lines.bytes.toString('utf8', start, end)
    // What is no CEF is passed on as a text, as nothing is left out.
    texts.push(cadoJson(line) ?? JSON.stringify(line))
  })
  return Buffer.from(texts.map((text) => `${text}\n`).join(''))
}

/** The rejects, an object a line. */
export function rejectLines({ rejects }: Batch): string {
  return rejects
    .map(({ code, row, reason, origin, record }) => {
      return `${JSON.stringify({ code, origin, row, reason, record })}\n`
    })
    .join('')
}
