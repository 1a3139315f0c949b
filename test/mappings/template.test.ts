import t from 'tap'
import { activityFields } from '../../src/mappings/record-field.ts'
import { compileTemplate as compile } from '../../src/mappings/template.ts'
import type { ActivityRecord } from '../../src/netwrix/record.ts'
import { emptyRecord } from '../../src/netwrix/record.ts'

const compileTemplate = (text: string) => compile(text, activityFields)

const record: ActivityRecord = {
  ...emptyRecord(),
  rid: 'R1',
  who: 'CORP\\Jane',
  action: 'Modified',
  what: '\\\\srv\\share\\a.txt',
  where: 'srv.corp.com',
  objectType: 'File',
  dataSource: 'File Servers',
  monitoringPlan: 'Plan',
  item: 'An item',
  workstation: 'ws1',
  time: Date.UTC(2017, 1, 14, 15, 42, 34),
  details: [{ property: 'Size', before: '1', after: '2', message: '' }],
  other: [
    ['Risk score', '80'],
    ['Whom', 'Max'],
  ],
}

const rendered: Record<string, string> = {
  plain: 'plain',
  '{Who} changed {What}': 'CORP\\Jane changed \\\\srv\\share\\a.txt',
  '{RID}/{Action}/{Where}/{ObjectType}/{DataSource}': 'R1/Modified/srv.corp.com/File/File Servers',
  '{MonitoringPlan}/{Item}/{Workstation}/{When}': 'Plan/An item/ws1/2017-02-14T15:42:34Z',
  '{Details}/{Property}/{Before}/{After}': 'Size changed from "1" to "2"/Size/1/2',
  '{who} {object type} {data_source}': 'CORP\\Jane File File Servers',
  '{Risk score}{risk-score}': '8080',
  '{"Whom"}': 'Max',
  '[{Nothing of it}]': '[]',
  '{{"who":"{Who|last|lower}"}}': '{"who":"jane"}',
  '{What|last} {Who|domain} {Where|host} {Action|upper}': 'a.txt CORP srv.corp.com MODIFIED',
  '}}{{': '}{',
}

for (const [text, expected] of Object.entries(rendered)) {
  t.equal(compileTemplate(text).render(record), expected, text)
}

t.equal(compileTemplate('a {{').isConstant, true)
t.equal(compileTemplate('a {Who}').isConstant, false)
t.match(compileTemplate('{When}').only, { kind: 'field', name: 'When' })
t.match(compileTemplate('{Risk score}').only, { written: 'Risk score' })
t.equal(compileTemplate(' {When}').only, undefined)
t.equal(compileTemplate('{When}').render(emptyRecord()), '', 'what is missing is nothing')

const refused: Record<string, RegExp> = {
  '{Who': /has a \{ without its pair; write \{\{/,
  'Who}': /has a \} without its pair; write \}\}/,
  '{}': /has \{\}:  is no name of a field/,
  '{Wrokstation}': /Wrokstation is no field; did you mean Workstation\? .* "Wrokstation"/,
  '{Who|uper}': /there is no "uper"; did you mean upper\?/,
}

for (const [text, message] of Object.entries(refused)) {
  t.throws(() => compileTemplate(text), { message }, text)
}
