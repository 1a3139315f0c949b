/** A destination on the line: what waits for it, what its receipts rest on, and who the peer is. */
import { Books, destinationAccount } from './books.ts'
import { Card } from './card.ts'
import { showCertificates } from './certificate-facts.ts'
import { applianceNow } from './clock.ts'
import { setText } from './dom.ts'
import { formatNumber, formatSpan } from './format.ts'
import type { DestinationStatus } from './shapes.ts'
import { showTime } from './time-element.ts'
import { destinationWord, proofInWords } from './words.ts'

export class DestinationCard {
  readonly root: HTMLElement
  readonly #card: Card
  readonly #books: Books

  constructor(destination: DestinationStatus) {
    this.#card = new Card('li', destination.name, 'lines/s')
    this.#books = new Books(destination.ledger.map(destinationAccount))
    this.root = this.#card.root
    this.update(destination)
    this.root.append(this.#books.root)
  }

  update(destination: DestinationStatus): void {
    const card = this.#card
    const { state, detail, waiting, oldestWaitingAt, certificates } = destination
    const up = state === 'connected'
    card.state(destinationWord(destination))
    card.where(`${destination.type} · ${destination.where}`)
    card.rate(destination.rate)
    card.problem(up || state === 'starting' ? undefined : detail)
    setText(card.fact('Waiting'), `${formatNumber(waiting)} ${waiting === 1 ? 'line' : 'lines'}`)
    const oldest = oldestWaitingAt === undefined ? undefined : applianceNow() - oldestWaitingAt
    setText(card.fact('Oldest unsent'), oldest === undefined ? 'none' : formatSpan(oldest))
    showTime(card.fact('Last receipt', 'time'), destination.lastReceiptAt, 'none yet')
    setText(card.fact('Receipt means'), proofInWords(destination.proof))
    card.optionalFact('Connected to', up ? detail : undefined)
    showCertificates(card, certificates)
    this.#books.update(destination.ledger.map(destinationAccount))
  }
}
