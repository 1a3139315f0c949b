import t from 'tap'
import { membersOf } from '../../src/mappings/netwrix-members.ts'
import { emptyRecord } from '../../src/netwrix/record.ts'

const table: Record<string, { added: string[]; removed: string[] } | undefined> = {
  'Added: "CORP\\jane"': { added: ['CORP\\jane'], removed: [] },
  'Members: Added: "a", "b"; Removed: "c"': { added: ['a', 'b'], removed: ['c'] },
  'Removed: "a", Added: "b", Group Type: "Global"': { added: ['b'], removed: ['a'] },
  'Added: "a",\nAdded: "b"': { added: ['a', 'b'], removed: [] },
  'Added: ""': undefined,
  'NotAdded: "a"': undefined,
  'Added: a': undefined,
  'Group Type: "Global"': undefined,
  '': undefined,
}

for (const [text, expected] of Object.entries(table)) {
  t.same(membersOf({ ...emptyRecord(), detailsText: text }), expected, text)
  const details = [{ property: '', before: '', after: '', message: text }]
  t.same(membersOf({ ...emptyRecord(), details }), expected, text)
}
