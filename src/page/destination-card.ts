/** A destination on the line: what waits for it, what its receipts rest on, and who the peer is. */
import { Books, destinationAccount } from './books.ts'
import { Card } from './card.ts'
import { applianceNow } from './clock.ts'
import { setText } from './dom.ts'
import { formatNumber, formatSpan, showTime } from './format.ts'
import { daysLeft, daysWarned } from './health.ts'
import type { CertificateStatus, DestinationStatus } from './shapes.ts'
import { visible } from './visible.ts'
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
    this.#certificate('TLS peer', certificates, 'peer')
    this.#certificate('Our certificate', certificates, 'own')
    this.#books.update(destination.ledger.map(destinationAccount))
  }

  /** The one that ends first. */
  #certificate(
    name: string,
    all: readonly CertificateStatus[],
    whose: CertificateStatus['whose'],
  ): void {
    const [first] = all
      .filter((certificate) => certificate.whose === whose)
      .sort((one, other) => one.validTo - other.validTo)
    if (!first) return this.#card.optionalFact(name, undefined)
    const days = daysLeft(first.validTo, applianceNow())
    const ends = days < 0 ? 'expired' : `${formatNumber(days)} ${days === 1 ? 'day' : 'days'} left`
    const level = days < 0 ? 'bad' : days < daysWarned ? 'warn' : undefined
    this.#card.optionalFact(name, `${first.subject} · ${ends}`, level)
    this.#card.fact(name).title = visible(`SHA-256 ${first.fingerprint}, from ${first.issuer}`)
  }
}
