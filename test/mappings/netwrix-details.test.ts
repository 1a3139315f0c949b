import t from 'tap'
import { fullMessages, joinedMessages } from '../../src/mappings/netwrix-details.ts'
import type { ActivityDetail } from '../../src/netwrix/record.ts'

function detail(property: string, before: string, after: string, message = ''): ActivityDetail {
  return { property, before, after, message }
}

const disabled = detail('', '', '', 'User Account Disabled')
const renamed = detail('Name', 'a', 'b')
const told = detail('Custom_attribute', '1', '2', 'Text')

const rows: [name: string, details: ActivityDetail[], joined: string, full: string][] = [
  ['none', [], '', ''],
  ['a message', [disabled], 'User Account Disabled', 'User Account Disabled'],
  ['in words', [renamed], 'Name changed from "a" to "b"', 'Name changed from "a" to "b"'],
  ['after only', [detail('Name', '', 'b')], 'Name changed to "b"', 'Name changed to "b"'],
  ['before only', [detail('Name', 'a', '')], 'Name changed from "a"', 'Name changed from "a"'],
  ['a property only', [detail('Name', '', '')], 'Name changed', 'Name changed'],
  [
    'no property',
    [detail('', 'a', 'b')],
    'Value changed from "a" to "b"',
    'Value changed from "a" to "b"',
  ],
  ['a message without the property', [told], 'Text', 'Text (Custom_attribute)'],
  [
    'several',
    [disabled, renamed, told],
    'User Account Disabled, Name changed from "a" to "b", Text',
    'User Account Disabled, Name changed from "a" to "b", Text (Custom_attribute changed from "1" to "2")',
  ],
  [
    'several that say all themselves',
    [detail('Name', 'a', 'b', 'Name changed from "a" to "b"'), disabled],
    'Name changed from "a" to "b", User Account Disabled',
    'Name changed from "a" to "b", User Account Disabled',
  ],
]

for (const [name, details, joined, full] of rows) {
  t.test(name, async (t) => {
    t.equal(joinedMessages(details), joined)
    t.equal(fullMessages(details), full)
  })
}
