/** The spool, in the middle of the line: how full it is, and what lies in it beside the queues. */
import { Books, sourceAccount } from './books.ts'
import { Card } from './card.ts'
import { element, setAttribute, setText } from './dom.ts'
import { formatBytes, formatNumber } from './format.ts'
import type { Overview } from './shapes.ts'
import type { Word } from './words.ts'

export class SpoolCard {
  readonly root: HTMLElement
  readonly #card = new Card('div', 'Spool', undefined)
  readonly #meter = element('meter', { min: '0', max: '1', low: '0.6', high: '0.8', optimum: '0' })
  readonly #share = element('p', { class: 'share' })
  readonly #others = new Books([])

  constructor() {
    this.root = this.#card.root
    this.#meter.setAttribute('aria-label', 'Share of the spool that is in use')
    this.root.querySelector('.where')?.after(this.#meter, this.#share)
    this.root.append(this.#others.root)
  }

  update({ spool, others, damaged, sources, destinations }: Overview): void {
    const share = spool.maxBytes === 0 ? 0 : spool.bytes / spool.maxBytes
    this.#card.state(stateOf(spool, share))
    this.#card.where(spool.folder)
    this.#card.problem(spool.problem)
    this.#meter.value = share
    setText(this.#share, `${formatBytes(spool.bytes)} of ${formatBytes(spool.maxBytes)}`)
    setText(this.#card.fact('Rejects kept'), formatNumber(spool.rejects))
    setText(this.#card.fact('Damaged blocks'), formatNumber(damaged.length))
    const flows = [...sources, ...destinations].some(({ rate }) => rate > 0)
    setAttribute(this.root, 'data-flows', flows ? '' : undefined)
    this.#others.root.hidden = others.length === 0
    this.#others.update(
      others.map(({ name, ledger }) => ({ ...sourceAccount(ledger), title: `queue ${name}` })),
    )
  }
}

function stateOf({ problem, full }: Overview['spool'], share: number): Word {
  if (problem !== undefined) return { level: 'bad', word: 'waits' }
  if (full) return { level: 'bad', word: 'full' }
  return share < 0.8 ? { level: 'good', word: 'accepts' } : { level: 'warn', word: 'nearly full' }
}
