/** One event, opened: its CEF header and fields laid out, and beside them the frame as sent. */
import { dictionary } from './dictionary.js'
import { element } from './dom.ts'
import { formatUtc } from './format.ts'
import { frameElement } from './frame.ts'
import type { PassedEvent } from './shapes.ts'
import { visibleNodes } from './visible.ts'

/** The header's fields by the name that the CEF standard gives them. */
const headerNames = new Map([
  ['format', 'Version'],
  ['vendor', 'Device vendor'],
  ['product', 'Device product'],
  ['version', 'Device version'],
  ['classId', 'Signature id'],
  ['name', 'Name'],
  ['severity', 'Severity'],
])

export function eventDetail(event: PassedEvent): HTMLElement {
  const header = Object.entries(event.header).map(([name, value]) =>
    field(headerNames.get(name) ?? name, '', String(value)),
  )
  const fields = event.fields.map(([key, value]) => {
    const name = dictionary.get(key)?.name ?? ''
    return field(key, name === key ? '' : name, value)
  })
  return element(
    'div',
    { class: 'detail' },
    element(
      'section',
      {},
      element('h4', {}, 'CEF header'),
      element('dl', { class: 'fields' }, ...header),
      element('h4', {}, 'Extension'),
      fields.length === 0
        ? element('p', { class: 'quiet' }, 'This event has no fields.')
        : element('dl', { class: 'fields' }, ...fields),
    ),
    element(
      'div',
      {},
      frameElement(event.frame),
      element(
        'dl',
        { class: 'fields' },
        field('Event', 'its own time', formatUtc(event.time)),
        field('Handed out', 'to the destination', formatUtc(event.at)),
        field('Place', 'queue, block, line', place(event)),
      ),
    ),
  )
}

function place({ queue, sequence, line }: PassedEvent): string {
  return `${queue}, ${sequence}, ${line + 1}`
}

function field(name: string, note: string, value: string): HTMLElement {
  return element(
    'div',
    {},
    element('dt', {}, ...visibleNodes(name), element('span', { class: 'quiet' }, note)),
    element('dd', {}, ...visibleNodes(value)),
  )
}
