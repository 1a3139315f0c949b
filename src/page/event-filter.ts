/**
 * Which events are shown. The appliance answers by it at first; what passes afterwards is held
 * against the same rule here.
 */
import type { EventQuery } from './api.ts'
import { byId, element } from './dom.ts'
import type { Overview, PassedEvent } from './shapes.ts'
import { visible } from './visible.ts'

/** ms that the text is waited for, so that not each letter is a question. */
const settle = 250

export class EventFilter {
  readonly #text = byId<HTMLInputElement>('filter-text')
  readonly #source = byId<HTMLSelectElement>('filter-source')
  readonly #destination = byId<HTMLSelectElement>('filter-destination')
  readonly #severity = byId<HTMLSelectElement>('filter-severity')

  constructor(changed: () => void) {
    let timer = 0
    const soon = (wait: number) => {
      clearTimeout(timer)
      timer = setTimeout(changed, wait)
    }
    const form = byId<HTMLFormElement>('event-filter')
    form.addEventListener('input', ({ target }) => soon(target === this.#text ? settle : 0))
    form.addEventListener('reset', () => soon(0))
    form.addEventListener('submit', () => soon(0))
  }

  /** The names there are to choose from. */
  update({ sources, destinations, others }: Overview): void {
    const queues = [...sources, ...others].map(({ name }) => name)
    offer(this.#source, queues)
    offer(
      this.#destination,
      destinations.map(({ name }) => name),
    )
  }

  get query(): EventQuery {
    return {
      text: this.#text.value.trim(),
      source: this.#source.value,
      destination: this.#destination.value,
      severity: Number(this.#severity.value),
    }
  }

  matches(event: PassedEvent): boolean {
    const { text, source, destination, severity } = this.query
    return (
      event.severity >= severity &&
      (source === '' || event.queue === source) &&
      (destination === '' || event.destination === destination) &&
      (text === '' || event.cef.toLowerCase().includes(text.toLowerCase()))
    )
  }
}

/** Has the choices after the first one be these. The one that is chosen stays, also when it is gone. */
export function offer(select: HTMLSelectElement, names: readonly string[]): void {
  const wanted = [...new Set([...names, ...(select.value === '' ? [] : [select.value])])]
  const there = [...select.options].slice(1).map(({ value }) => value)
  if (wanted.join('\n') === there.join('\n')) return
  const { value } = select
  const options = wanted.map((name) => element('option', { value: name }, visible(name)))
  select.replaceChildren(...[...select.options].slice(0, 1), ...options)
  select.value = value
}
