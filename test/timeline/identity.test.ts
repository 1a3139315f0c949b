import t from 'tap'
import { emptyEvent } from '../../src/timeline/event.ts'
import type { TimelineEvent } from '../../src/timeline/event.ts'
import {
  eventKey,
  lineKey,
  refused,
  rowKey,
  shownId,
  unrefused,
} from '../../src/timeline/identity.ts'

const base: TimelineEvent = {
  ...emptyEvent(),
  instant: { seconds: 10, nanos: 5 },
  source: 'FILE',
  type: 'Creation Time',
  path: '/a',
  inode: '12',
  short: 'short',
  message: 'message',
  user: 'me',
  host: 'here',
  evidenceName: 'disk',
}

const hex = (more: Partial<TimelineEvent>, occurrence = 0) =>
  eventKey({ ...base, ...more }, occurrence).toString('hex')

t.test('what makes it another event', async (t) => {
  const others: Partial<TimelineEvent>[] = [
    { instant: undefined },
    { instant: { seconds: 10, nanos: 6 } },
    { instant: { seconds: 11, nanos: 5 } },
    { source: 'LOG' },
    { type: 'Start Time' },
    { path: '/b' },
    { inode: '13' },
    { message: 'other' },
    { user: 'you' },
    { host: 'there' },
    { evidenceName: 'disk2' },
    { evidenceId: 1 },
    { evidenceId: 2 },
    // Moved from one field to the next one.
    { path: '/a1', inode: '2' },
    { user: 'meh', host: 'ere' },
  ]
  const keys = [hex({}), ...others.map((more) => hex(more)), hex({}, 1), hex({}, 2)]
  t.equal(new Set(keys).size, others.length + 3)
  t.ok(keys.every((key) => key.length === 32))
})

t.test('what does not', async (t) => {
  const same: Partial<TimelineEvent>[] = [
    { short: 'other' },
    { eventId: 'new' },
    { tag: 'tag' },
    { notes: 'note' },
    { alarms: [{ description: 'a', severity: 1, helpText: '' }] },
    { extra: 'a: b' },
    { sourcetype: 'other' },
    { macb: 'M...' },
  ]
  for (const more of same) t.equal(hex(more), hex({}), Object.keys(more).join())
  t.equal(hex({ message: '', short: 'x' }), hex({ message: 'x', short: '' }))
  t.equal(
    hex({ evidenceId: 7, evidenceName: 'old name' }),
    hex({ evidenceId: 7, evidenceName: 'new name' }),
    'evidence that has an id may be renamed',
  )
})

t.test('ids of refused rows are others', async (t) => {
  const keys = [
    ...Array.from({ length: 50 }, (_, occurrence) => eventKey(base, occurrence)),
    ...Array.from({ length: 50 }, (_, occurrence) => lineKey('CEF:0|', occurrence)),
    ...Array.from({ length: 50 }, (_, occurrence) => rowKey('disk', 'row', occurrence)),
  ]
  const all = [...keys, ...keys.map(refused)].map((key) => key.toString('hex'))
  t.equal(new Set(all).size, 300)
  for (const key of keys) t.ok(unrefused(refused(key)).equals(key))
  t.notOk(rowKey('disk', 'row', 0).equals(rowKey('dis', 'krow', 0)))
})

t.test('as CEF shows it', async (t) => {
  t.match(shownId(eventKey(base, 0)), /^[\w-]{20}$/)
  const first = 'gqpbjJkGfhZX-bochOgE'
  t.equal(shownId(eventKey(base, 0)), first, 'it never changes, or all would be sent again')
})
