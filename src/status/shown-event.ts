/**
 * An event as the page shows it: its CEF laid out, beside the line and the frame.
 */
import { decode } from '../cef/decode.ts'
import type { Seen } from './asked.ts'

export type ShownEvent = Seen['events'][number] & {
  /** The seven header fields of CEF, in its order. */
  header: {
    /** `CEF:0` */
    format: string
    vendor: string
    product: string
    version: string
    classId: string
    name: string
    severity: string
  }
  /** The extension, unescaped, in the line's order. */
  fields: [key: string, value: string][]
}

/** The newest first. */
export function shownEvents({ events }: Pick<Seen, 'events'>): ShownEvent[] {
  return events.map(shown).reverse()
}

function shown(event: Seen['events'][number]): ShownEvent {
  const format = event.cef.slice(0, event.cef.indexOf('|'))
  const decoded = decode(event.cef)
  if (!decoded) {
    const none = { vendor: '', product: '', version: '', classId: '', name: '', severity: '' }
    return { ...event, header: { format: '', ...none }, fields: [] }
  }
  const { extension: fields, ...header } = decoded
  return { ...event, header: { format, ...header }, fields }
}
