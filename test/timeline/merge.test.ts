import t from 'tap'
import type { Item } from '../../src/timeline/decoder.ts'
import { emptyEvent } from '../../src/timeline/event.ts'
import { FileTimes } from '../../src/timeline/merge.ts'

const modified = 'Content Modification Time'
const changed = 'Metadata Modification Time'
const born = 'Creation Time'

interface Row {
  type: string
  path?: string
  seconds?: number
}

/** Row and type of each item, `-` for an ignored one. */
function merged(rows: (Row | 'refused')[]): { items: string[]; texts: string[] } {
  const times = new FileTimes()
  const items = rows.flatMap((row, index) => times.take(itemOf(row, index + 1)))
  items.push(...times.end())
  const shown = items.map((item) => {
    const what = item.kind === 'event' ? `${item.event.type} ${item.event.macb}`.trim() : item.kind
    return `${item.row} ${what}`
  })
  const texts = items.flatMap((item) => (item.kind === 'event' ? [item.text()] : []))
  return { items: shown, texts }
}

function itemOf(row: Row | 'refused', number: number): Item {
  if (row === 'refused') return { kind: 'refused', row: number, code: 'row', reason: '', text: '' }
  const event = emptyEvent()
  event.type = row.type
  event.path = row.path ?? '/a'
  event.instant = row.seconds === 0 ? undefined : { seconds: row.seconds ?? 1, nanos: 0 }
  return { kind: 'event', row: number, event, text: () => `text ${number}` }
}

t.test('the times of a file', async (t) => {
  t.strictSame(merged([{ type: changed }, { type: modified }, { type: modified, seconds: 2 }]), {
    items: [`1 ${modified}; ${changed} M.C.`, '2 ignored', `3 ${modified}`],
    texts: ['text 1\ntext 2', 'text 3'],
  })
  t.strictSame(
    merged([
      { type: modified },
      { type: modified, path: '/b' },
      { type: born },
      { type: born, path: '/b' },
    ]).items,
    [`1 ${modified}; ${born}`, `2 ${modified}; ${born}`, '3 ignored', '4 ignored'].map((text) => {
      return text.endsWith(born) ? `${text} M..B` : text
    }),
    'not one after another',
  )
})

t.test('what is not one', async (t) => {
  t.strictSame(
    merged([{ type: modified }, { type: modified }, { type: changed }]).items,
    [`1 ${modified}`, `2 ${modified}; ${changed} M.C.`, '3 ignored'],
    'one description twice',
  )
  t.strictSame(
    merged([{ type: 'Start Time' }, { type: 'End Time' }]).items,
    ['1 Start Time', '2 End Time'],
    'times of something else',
  )
  t.strictSame(
    merged([{ type: modified }, { type: 'Start Time', seconds: 2 }, { type: changed }]).items,
    [`1 ${modified}`, '2 Start Time', `3 ${changed}`],
    'another instant between',
  )
  t.strictSame(
    merged([{ type: modified }, 'refused', { type: changed }]).items,
    [`1 ${modified}; ${changed} M.C.`, '2 refused', '3 ignored'],
    'in order, with what was refused',
  )
  t.strictSame(
    merged([
      { type: modified, seconds: 0 },
      { type: changed, seconds: 0 },
    ]).items,
    [`1 ${modified}; ${changed} M.C.`, '2 ignored'],
    'without an instant',
  )
})

t.test('what is held is bounded, and nothing is lost', async (t) => {
  const times = new FileTimes()
  let most = 0
  let given = 0
  for (let row = 1; row <= 5_000; row += 1) {
    given += times.take(itemOf({ type: modified, path: `/${row}` }, row)).length
    most = Math.max(most, row - given)
  }
  t.equal(given + times.end().length, 5_000)
  t.ok(most < 1_000)
})
