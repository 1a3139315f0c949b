/** A source on the line. */
import { Books, sourceAccount } from './books.ts'
import { Card } from './card.ts'
import { showCertificates } from './certificate-facts.ts'
import { applianceNow } from './clock.ts'
import { setText } from './dom.ts'
import { formatNumber, formatSpan } from './format.ts'
import type { SourceStatus } from './shapes.ts'
import { showTime } from './time-element.ts'
import { sourceWord } from './words.ts'

export class SourceCard {
  readonly root: HTMLElement
  readonly #card: Card
  readonly #books: Books

  constructor(source: SourceStatus) {
    this.#card = new Card('li', source.name, 'records/s')
    this.#books = new Books([sourceAccount(source.ledger)])
    this.root = this.#card.root
    this.update(source)
    this.root.append(this.#books.root)
  }

  update(source: SourceStatus): void {
    const card = this.#card
    card.state(sourceWord(source))
    card.where(`${source.type} · ${source.where}`)
    card.rate(source.rate)
    card.problem(source.problem)
    showTime(card.fact('Last record', 'time'), source.lastRecordAt, 'none yet')
    setText(card.fact('Ids remembered'), formatNumber(source.remembered))
    const { silentSince } = source
    card.optionalFact(
      'Silent for',
      silentSince === undefined ? undefined : formatSpan(applianceNow() - silentSince),
      'warn',
    )
    showCertificates(card, source.certificates)
    this.#books.update([sourceAccount(source.ledger)])
  }
}
