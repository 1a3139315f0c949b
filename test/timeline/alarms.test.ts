import t from 'tap'
import { emptyEvent } from '../../src/timeline/event.ts'
import { setField } from '../helpers/timeline-decoding.ts'

/** What is in the event, whatever the order of these fields. */
function alarmsOf(fields: Record<string, unknown>) {
  const event = emptyEvent()
  for (const [name, value] of Object.entries(fields)) setField(event, name, value, 'UTC')
  const reversed = emptyEvent()
  for (const [name, value] of Object.entries(fields).reverse()) {
    setField(reversed, name, value, 'UTC')
  }
  return [event, reversed].map(({ alarms, other }) => ({ alarms, other }))
}

const help = { helpText: '' }

t.test('the list of the API', async (t) => {
  const list = [
    {
      description: 'Malicious File Detected: x',
      severity: 1,
      attack: ['T1496', 'T1059'],
      extra: [{ identifier: 'a', match: 'b', offset: 3 }],
    },
    { description: 'Suspicious', severity: '3', attack: [], extra: [] },
  ]
  const python =
    "[{'description': 'Malicious File Detected: x', 'severity': 1, 'attack': ['T1496', 'T1059'], " +
    "'extra': [{'identifier': 'a', 'match': 'b', 'offset': 3}]}, " +
    "{'description': 'Suspicious', 'severity': '3', 'attack': [], 'extra': []}]"
  const expected = {
    alarms: [
      { description: 'Malicious File Detected: x', severity: 1, ...help },
      { description: 'Suspicious', severity: 3, ...help },
    ],
    other: [
      ['alarm_attack', 'T1496, T1059'],
      ['alarm_information', python],
    ],
  }
  for (const value of [list, JSON.stringify(list), python]) {
    t.strictSame(alarmsOf({ alarm_information: value })[0], expected)
  }
  t.strictSame(alarmsOf({ alarm_information: [] })[0], { alarms: [], other: [] })
  t.strictSame(alarmsOf({ alarm_information: 'Bad thing' })[0]?.alarms, [
    { description: 'Bad thing', severity: undefined, ...help },
  ])
})

t.test('flat keys, in any order', async (t) => {
  const whole = { description: 'd', severity: 1, helpText: 'h' }
  const flat = { alarm: true, alarm_description: 'd', alarm_severity: 1, alarm_help_text: 'h' }
  for (const found of alarmsOf(flat)) t.strictSame(found, { alarms: [whole], other: [] })
  const information = [{ description: 'd', severity: 1 }]
  for (const found of alarmsOf({ alarm_information: information, ...flat })) {
    t.strictSame(found, { alarms: [whole], other: [] })
  }
  for (const found of alarmsOf({ alarm: 'True', alarm_severity: '10' })) {
    t.strictSame(found.alarms, [{ description: '', severity: 10, ...help }])
    t.strictSame(found.other, [])
  }
})

t.test('no alarm', async (t) => {
  for (const found of alarmsOf({ alarm: 'False', alarm_severity: 10 })) {
    t.strictSame(found, { alarms: [], other: [['alarm_severity', '10']] })
  }
})

t.test('very many alarms in one event', async (t) => {
  const event = emptyEvent()
  const list = Array.from({ length: 200_000 }, (_, index) => index + 1)
  setField(event, 'alarm_information', list, 'UTC')
  t.equal(event.alarms.length, list.length)
})
