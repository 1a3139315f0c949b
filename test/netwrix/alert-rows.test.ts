import t from 'tap'
import { knownColumns } from '../../src/netwrix/alert-columns.ts'
import { dateReader } from '../../src/netwrix/alert-date.ts'
import type { Verdict } from '../../src/netwrix/alert-rows.ts'
import { readRow } from '../../src/netwrix/alert-rows.ts'
import { emptyRecord } from '../../src/netwrix/record.ts'

const readDate = dateReader('UTC', 'auto')
const rid = '20160215110503420B9451771F5964A9EAC0A5F35307EA155'

function read(header: string[], cells: string[]): Verdict {
  return readRow(cells, knownColumns(header), readDate)
}

t.test('columns by name, in any order, whatever case and blanks', (t) => {
  const header = ['object TYPE', 'WHO', ' When ', 'RecordID', 'Audited System', 'Detail', 'Risk']
  t.strictSame(read(header, ['user', 'me', '2026-01-02T03:04:05Z', rid, 'AD', 'x', '7']), {
    kind: 'record',
    record: {
      ...emptyRecord(),
      objectType: 'user',
      who: 'me',
      time: Date.parse('2026-01-02T03:04:05Z'),
      rid,
      dataSource: 'AD',
      detailsText: 'x',
      other: [['Risk', '7']],
    },
  })
  t.throws(() => knownColumns(['a', 'b']), { code: 'header', permanent: true, message: /"a, b"/ })
  t.match(read(['Who', 'who'], ['me', 'you']), { record: { who: 'me', other: [['who', 'you']] } })
  t.match(read(['Who', 'Property', 'Before', 'After'], ['me', 'Name', 'a', 'b']), {
    record: { details: [{ property: 'Name', before: 'a', after: 'b', message: '' }] },
  })
  t.match(
    read(['Details', 'Property', 'After'], ['text', 'Name', 'b']),
    { record: { detailsText: 'text', other: [['Property', 'Name']] } },
    'the property is not lost beside a text',
  )
  t.end()
})

t.test('a RID that is none identifies nothing', (t) => {
  for (const value of ['N/A', '{RecordID}', '0', 'no such thing at all, really']) {
    t.match(read(['RID', 'Who'], [value, 'me']), { record: { rid: '', other: [['RID', value]] } })
  }
  t.match(read(['RID', 'Who'], [` ${rid} `, 'me']), { record: { rid } })
  t.end()
})

t.test('rows that are none', (t) => {
  const header = ['When', 'RID', 'AlertID', 'Who', 'Risk']
  t.strictSame(read(header, ['', '', '', '', '']), { kind: 'ignored' })
  t.strictSame(read(header, ['']), { kind: 'ignored' }, 'an empty line')
  t.strictSame(read(header, ['2026-01-01', rid, 'x-1', ' ', '']), { kind: 'ignored' }, 'test run')
  t.strictSame(read(header, ['2026-01-01']), { kind: 'ignored' }, 'the same, cut short')
  t.match(read(header, ['left over']), { kind: 'refused', code: 'row' }, 'rest of a broken row')
  t.match(read(header, ['', '', '', '', '9']), { kind: 'record' }, 'anything else is a row')
  t.end()
})

t.test('cells', (t) => {
  const header = ['When', 'Action', 'Who', 'What']
  t.match(read(header, ['1', '2', '3', '4', '5']), { kind: 'refused', code: 'row' })
  t.match(read(header, ['2026-01-02', 'Added', 'me', 'x', '', ' ']), { kind: 'record' })
  t.match(read(header, ['2026-01-02', 'Added']), { kind: 'record', record: { action: 'Added' } })
  t.match(read(header, ['', 'Added']), { kind: 'refused', code: 'row' }, 'no When')
  t.match(read(header, ['2026-01-02', ' ', 'me']), { kind: 'refused', code: 'row' }, 'no Action')
  t.match(read(header, ['2026-01-02', '', 'me']), { kind: 'refused', code: 'row' })
  t.match(read(header, ['', '', 'me', '']), { kind: 'record', record: { time: undefined } })
  t.match(read(header, ['3/4/2026 \u001b[1m', 'Added', 'me', '']), {
    code: 'date',
    reason:
      'has "3/4/2026 \\x1b[1m" in When, which is not a date; 2026-03-28T14:01:48Z would be one',
  })
  t.end()
})
