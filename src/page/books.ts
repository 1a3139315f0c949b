/**
 * The books of a source or of a destination in one queue: each term, and whether they add up. The
 * terms are counted in different places of the appliance, so a difference is never expected.
 */
import { element, setAttribute, setText } from './dom.ts'
import { formatNumber } from './format.ts'
import type { DestinationBooks, SourceBooks } from './shapes.ts'
import { visible } from './visible.ts'

export interface Term {
  name: string
  value: number
}

/** A sum, and the terms that it should be. */
export interface Account {
  /** The queue, where there are several. */
  title: string | undefined
  sum: Term
  terms: Term[]
}

/** 0 when they add up; above: records that were read and are nowhere. */
export function sourceDifference(books: SourceBooks): number {
  return difference(sourceAccount(books))
}

/** 0 when they add up; above: lines that were spooled and are nowhere. */
export function destinationDifference(books: DestinationBooks): number {
  return difference(destinationAccount(books))
}

export function sourceAccount(books: SourceBooks): Account {
  return {
    title: undefined,
    sum: { name: 'read', value: books.read },
    terms: [
      { name: 'spooled', value: books.spooled },
      { name: 'already given', value: books.alreadyGiven },
      { name: 'rejected', value: books.rejected },
      { name: 'ignored', value: books.ignored },
    ],
  }
}

export function destinationAccount(books: DestinationBooks): Account {
  return {
    title: books.queue,
    sum: { name: 'spooled', value: books.spooled },
    terms: [
      { name: 'received', value: books.received },
      { name: 'waiting', value: books.waiting },
      { name: 'refused', value: books.refused },
      { name: 'damaged', value: books.damaged },
    ],
  }
}

function difference({ sum, terms }: Account): number {
  return sum.value - terms.reduce((total, { value }) => total + value, 0)
}

/** Books that unfold under a line which says whether they add up. */
export class Books {
  readonly root: HTMLDetailsElement
  readonly #verdict = element('span')
  readonly #accounts = element('div', { class: 'accounts' })
  #shown = ''

  constructor(accounts: Account[]) {
    const summary = element('summary', {}, element('span', {}, 'Books '), this.#verdict)
    this.root = element('details', { class: 'books' }, summary, this.#accounts)
    this.update(accounts)
  }

  update(accounts: Account[]): void {
    const shown = JSON.stringify(accounts)
    if (shown === this.#shown) return
    this.#shown = shown
    const off = accounts.map(difference).find((value) => value !== 0)
    setAttribute(this.#verdict, 'class', off === undefined ? 'good' : 'bad')
    setText(
      this.#verdict,
      off === undefined ? '✓ add up' : `✕ ${formatNumber(off)} not accounted for`,
    )
    this.#accounts.replaceChildren(...accounts.map(accountElement))
  }
}

function accountElement(account: Account): HTMLElement {
  const { title, sum, terms } = account
  const row = ({ name, value }: Term, sign: string) =>
    element(
      'tr',
      {},
      element('td', { class: 'sign' }, sign),
      element('th', { scope: 'row' }, name),
      element('td', { class: 'number' }, formatNumber(value)),
    )
  const off = difference(account)
  return element(
    'table',
    { class: 'account' },
    element('caption', {}, title === undefined ? 'Since the spool was made' : visible(title)),
    element(
      'tbody',
      {},
      row(sum, ''),
      ...terms.map((term, index) => row(term, index === 0 ? '=' : '+')),
      ...(off === 0 ? [] : [row({ name: 'not accounted for', value: off }, '≠')]),
    ),
  )
}
