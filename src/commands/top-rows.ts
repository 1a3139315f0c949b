/**
 * Sources and destinations as rows of `top`, in an order that can be chosen.
 */
import type { Overview } from '../control/verbs.ts'
import { age, count } from './text.ts'

export const sortKeys = ['name', 'rate', 'waiting', 'age', 'state'] as const

export type SortKey = (typeof sortKeys)[number]

export interface Row {
  name: string
  /** A second, over the last ten. */
  rate: number
  /** Lines that have no receipt yet; a source's, at the destination that is the furthest behind. */
  waiting: number
  /** ms: of a source's last record, and of the oldest line that waits for a destination. */
  age: number
  /** 0: something is wrong; 1: it is held up; 2: it is silent, or has not begun; 3: it is well. */
  health: 0 | 1 | 2 | 3
  /** As the columns of its table. */
  cells: string[]
}

export const sourceColumns = [
  { head: 'source' },
  { head: 'rate', right: true },
  { head: 'read', right: true, spare: 3 },
  { head: 'waiting', right: true },
  { head: 'rejected', right: true, spare: 5 },
  { head: 'last record', right: true, spare: 1 },
  { head: 'state' },
]

export const destinationColumns = [
  { head: 'destination' },
  { head: 'rate', right: true },
  { head: 'received', right: true, spare: 3 },
  { head: 'waiting', right: true },
  { head: 'oldest', right: true, spare: 1 },
  { head: 'last receipt', right: true, spare: 4 },
  { head: 'receipts by', spare: 5 },
  { head: 'state' },
]

export function sourceRows({ sources, destinations }: Overview, now: number): Row[] {
  return sources.map(({ name, rate, ledger, state, problem, silentSince, lastRecordAt }) => {
    const waiting = Math.max(
      0,
      ...destinations.flatMap(({ ledger: books }) =>
        books.filter(({ queue }) => queue === name).map((book) => book.waiting),
      ),
    )
    const silent = silentSince === undefined ? state : `silent for ${age(silentSince, now)}`
    const shown = problem === undefined ? silent : `${state}: ${problem}`
    return {
      name,
      rate,
      waiting,
      age: lastRecordAt === undefined ? 0 : now - lastRecordAt,
      health:
        state === 'failed' || state === 'parked'
          ? 0
          : state === 'full'
            ? 1
            : state === 'starting' || silentSince !== undefined
              ? 2
              : 3,
      cells: [
        name,
        rateText(rate),
        count(ledger.read),
        count(waiting),
        count(ledger.rejected),
        since(lastRecordAt, now),
        shown,
      ],
    }
  })
}

export function destinationRows({ destinations }: Overview, now: number): Row[] {
  return destinations.map((destination) => {
    const { name, rate, ledger, waiting, oldestWaitingAt, lastReceiptAt } = destination
    const { proof, state, detail } = destination
    return {
      name,
      rate,
      waiting,
      age: oldestWaitingAt === undefined ? 0 : now - oldestWaitingAt,
      health: state === 'lost' || state === 'parked' ? 0 : state === 'starting' ? 2 : 3,
      cells: [
        name,
        rateText(rate),
        count(ledger.reduce((sum, { received }) => sum + received, 0)),
        count(waiting),
        since(oldestWaitingAt, now),
        since(lastReceiptAt, now),
        proof ?? '',
        detail === undefined ? state : `${state}: ${detail}`,
      ],
    }
  })
}

/** The names go up; of all else the most, the oldest and the worst come first. Equals by name. */
export function sorted(rows: readonly Row[], key: SortKey, reversed: boolean): Row[] {
  const order = (a: Row, b: Row) => {
    const first = key === 'name' ? 0 : key === 'state' ? a.health - b.health : b[key] - a[key]
    return first === 0 ? a.name.localeCompare(b.name, 'en', { numeric: true }) : first
  }
  return [...rows].sort((a, b) => (reversed ? order(b, a) : order(a, b)))
}

/** `0.4/s`, `1,234/s`; nothing for none. */
export function rateText(rate: number): string {
  if (rate <= 0) return ''
  return rate < 9.95 ? `${rate.toFixed(1)}/s` : `${count(Math.round(rate))}/s`
}

function since(at: number | undefined, now: number): string {
  return at === undefined ? '' : age(at, now)
}
