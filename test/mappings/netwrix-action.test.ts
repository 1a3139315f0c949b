import t from 'tap'
import { actionMeaning } from '../../src/mappings/netwrix-action.ts'

const rows: [action: string, severity: number, outcome: string][] = [
  ['Read', 2, 'success'],
  ['Logoff', 2, 'success'],
  ['Successful Logon', 3, 'success'],
  ['Activated', 4, 'success'],
  ['Added', 5, 'success'],
  ['added', 5, 'success'],
  [' MODIFIED ', 5, 'success'],
  ['Removed', 6, 'success'],
  ['Failed Logon', 6, 'failure'],
  ['FAILED LOGON', 6, 'failure'],
  ['Read (Failed Attempt)', 6, 'failure'],
  ['Copy (failed attempt)', 6, 'failure'],
  ['Something new', 5, 'success'],
  ['', 5, 'success'],
  ['constructor', 5, 'success'],
]

for (const [action, severity, outcome] of rows) {
  t.test(`"${action}"`, async (t) => {
    t.strictSame(actionMeaning(action), { severity, outcome })
  })
}
