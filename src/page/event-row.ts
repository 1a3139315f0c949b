/**
 * One event in the table: a row, and below it, once opened, its detail. The roles are said, as a phone
 * lays the cells out as no table.
 */
import { element, setText } from './dom.ts'
import { eventDetail } from './event-detail.ts'
import type { PassedEvent } from './shapes.ts'
import { timeElement } from './time-element.ts'
import { visible, visibleNodes } from './visible.ts'
import { severityWord } from './words.ts'

export class EventRow {
  readonly event: PassedEvent
  readonly root = element('tr', { role: 'row' })
  readonly #button = element('button', {
    type: 'button',
    class: 'open',
    'aria-expanded': 'false',
  })
  #detail: HTMLElement | undefined

  /** `toggled` after it was opened or closed. */
  constructor(event: PassedEvent, toggled: () => void) {
    this.event = event
    const name = String(event.header['name'] ?? '')
    this.#button.append(...visibleNodes(name === '' ? 'no name' : name))
    this.#button.addEventListener('click', () => {
      if (this.#detail) this.close()
      else this.#open()
      toggled()
    })
    const word = severityWord(event.severity)
    const way = element('td', { class: 'way', role: 'cell' }, visible(event.queue))
    way.append(element('span', { class: 'quiet', 'aria-hidden': 'true' }, ' → '))
    way.append(element('span', { class: 'spoken' }, ' to '), visible(event.destination))
    const severity = element('span', {
      class: 'severity',
      'data-severity': word.replace(' ', '-'),
    })
    setText(severity, `${event.severity} ${word}`)
    this.root.append(
      element('td', { class: 'time', role: 'cell' }, timeElement(event.time)),
      way,
      element('td', { role: 'cell' }, severity),
      element('td', { class: 'name', role: 'cell' }, this.#button),
    )
  }

  get isOpen(): boolean {
    return this.#detail !== undefined
  }

  close(): void {
    this.#detail?.remove()
    this.#detail = undefined
    this.#button.setAttribute('aria-expanded', 'false')
  }

  /** With its detail. */
  remove(): void {
    this.close()
    this.root.remove()
  }

  #open(): void {
    const cell = element('td', { colspan: '4', role: 'cell' }, eventDetail(this.event))
    this.#detail = element('tr', { class: 'detail-row', role: 'row' }, cell)
    this.root.after(this.#detail)
    this.#button.setAttribute('aria-expanded', 'true')
  }
}
