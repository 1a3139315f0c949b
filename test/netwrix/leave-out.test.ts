import t from 'tap'
import { leaveOutOf } from '../../src/netwrix/leave-out.ts'

const table: [names: string[] | null, dataSource: string, left: boolean][] = [
  [null, 'Self-audit', false],
  [['Self-audit', 'Netwrix API'], 'Self-audit', true],
  [['self-AUDIT'], 'Self-audit', true],
  [['netwrix  api '], 'Netwrix API', true],
  [['Self-audit'], 'Netwrix API', false],
  [['Self-audit'], '', false],
  [['Azure AD'], 'Entra ID', true],
  [['Entra ID'], 'Microsoft Entra ID', true],
  [['Network Devices'], 'Network Device', true],
  [['File Servers'], 'Windows Server', false],
]

for (const [names, dataSource, left] of table) {
  t.equal(leaveOutOf(names)(dataSource), left, `${String(names)}: ${dataSource}`)
}
