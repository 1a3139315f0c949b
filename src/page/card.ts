/**
 * A card of the line: a name, a state in a word with its sign, what it is, a rate, and facts by
 * name. It is changed in place, each second.
 */
import { element, setAttribute, setText } from './dom.ts'
import { formatRate } from './format.ts'
import { visible } from './visible.ts'
import { signs } from './words.ts'
import type { Word } from './words.ts'

export class Card {
  readonly root: HTMLElement
  readonly #state = element('span', { class: 'state' })
  readonly #where = element('p', { class: 'where' })
  readonly #rate = element('strong')
  readonly #problem = element('p', { class: 'problem', hidden: '' })
  readonly #facts = element('dl')
  readonly #values = new Map<string, HTMLElement>()

  constructor(tag: 'li' | 'div', name: string, unit: string | undefined) {
    const heading = element('h3', {}, visible(name))
    const rate = element('p', { class: 'rate' }, this.#rate, ` ${unit ?? ''}`)
    this.root = element(
      tag,
      { class: 'card' },
      element('div', { class: 'card-top' }, heading, this.#state),
      this.#where,
      unit === undefined ? undefined : rate,
      this.#problem,
      this.#facts,
    )
  }

  state({ level, word }: Word): void {
    setText(this.#state, `${signs[level]} ${word}`)
    setAttribute(this.#state, 'data-level', level)
    setAttribute(this.root, 'data-level', level)
  }

  where(text: string): void {
    setText(this.#where, visible(text))
    setAttribute(this.#where, 'title', visible(text))
  }

  /** A second; above none the connecting line moves. */
  rate(value: number): void {
    setText(this.#rate, formatRate(value))
    setAttribute(this.root, 'data-flows', value > 0 ? '' : undefined)
  }

  problem(text: string | undefined): void {
    setText(this.#problem, visible(text ?? ''))
    this.#problem.hidden = text === undefined
  }

  /** The element that shows a fact; made, in the order of asking, when it is first asked for. */
  fact<Kind extends 'dd' | 'time' = 'dd'>(
    name: string,
    kind?: Kind,
  ): Kind extends 'time' ? HTMLTimeElement : HTMLElement {
    let value = this.#values.get(name)
    if (!value) {
      value = element(kind === 'time' ? 'time' : 'span')
      this.#values.set(name, value)
      this.#facts.append(element('div', {}, element('dt', {}, name), element('dd', {}, value)))
    }
    return value as Kind extends 'time' ? HTMLTimeElement : HTMLElement
  }

  /** A fact that may not be there at all. */
  optionalFact(name: string, text: string | undefined, level?: 'warn' | 'bad'): void {
    const value = this.fact(name)
    setText(value, text === undefined ? '' : visible(text))
    setAttribute(value, 'class', level)
    const row = value.closest<HTMLElement>('dl > div')
    if (row) row.hidden = text === undefined
  }
}
