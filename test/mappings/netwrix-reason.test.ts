import t from 'tap'
import { failureReason } from '../../src/mappings/netwrix-reason.ts'
import { emptyRecord } from '../../src/netwrix/record.ts'

const table: Record<string, string> = {
  'Cause: bad user account': 'bad user account',
  'Cause: bad account, or worse, Device name: "x"': 'bad account, or worse',
  'Session: 1, Reason: denied\nmore': 'denied',
  'Failure reason: x': 'x',
  'Because: x': '',
  'Cause:': '',
  '': '',
}

for (const [text, expected] of Object.entries(table)) {
  t.equal(failureReason({ ...emptyRecord(), detailsText: text }), expected, text)
  const details = [{ property: '', before: '', after: '', message: text }]
  t.equal(failureReason({ ...emptyRecord(), details }), expected, text)
}

const details = [
  { property: 'Size', before: '', after: '1', message: '' },
  { property: 'Cause', before: '', after: 'locked out', message: '' },
]
t.equal(failureReason({ ...emptyRecord(), details }), 'locked out')
