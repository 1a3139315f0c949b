/**
 * The seven fields before the extension.
 *
 * The standard would escape `|` and `\`, but escapes in the header break half of the parsers that
 * exist, and so do `=`, an empty field and spaces at the ends. So nothing there is ever escaped:
 * `|` and `\` become `/`, `=` becomes `:`, and an empty field `-`. In the event class id `%` and `#`
 * become `-` as well, which later versions of the standard want escaped.
 */
import type { CefEvent } from './event.ts'
import { cleanValue, trimSpaces } from './value.ts'

/** `CEF:0|…|` up to and with the seventh pipe, which belongs to the header. */
export function encodeHeader(event: CefEvent): string {
  return `CEF:0|${field(event.vendor)}|${field(event.product)}|${field(event.version)}|${classId(
    event.classId,
  )}|${field(event.name)}|${severity(event.severity)}|`
}

/** Printable ASCII but for `=`, `\` and `|`: nearly every field there is. */
const unusual = /[^ -<>-[\]-{}~]/

/** A field as it may stand in the header. */
function field(text: string): string {
  return unusual.test(text) ? cleanField(text) : trimSpaces(text) || '-'
}

function classId(text: string): string {
  const id = field(text)
  return id.includes('%') || id.includes('#') ? id.replace(/[%#]/g, '-') : id
}

/** Whole, from 0 to 10; what is no number is the standard's word `Unknown`. */
function severity(value: number): string {
  return Number.isNaN(value) ? 'Unknown' : String(Math.min(10, Math.max(0, Math.round(value))))
}

function cleanField(text: string): string {
  const clean = cleanValue(text).replace(/[\n|\\=]/g, (character) =>
    character === '=' ? ':' : character === '\n' ? ' ' : '/',
  )
  return trimSpaces(clean) || '-'
}
