import t from 'tap'
import type { Reject } from '../../src/core.ts'
import { error } from '../../src/error.ts'
import { batchOf, recordedEvents } from '../helpers/pipeline.ts'

const rejectOf = (code: Reject['code'], row: number): Reject => {
  return { code, reason: `a.csv row ${row} is bad`, origin: 'a.csv', row, record: 'secret' }
}

t.test('every kind of fault is named with its rows, and no value of a record', async (t) => {
  const { events, log } = recordedEvents()
  const source = events.source('alerts')
  const rejects = [
    rejectOf('date', 2),
    rejectOf('row', 3),
    rejectOf('date', 4),
    rejectOf('date', 9),
  ]
  const batch = batchOf(0, 0, { read: 4, rejects })
  source.collected(batch, { spooled: 0, alreadyGiven: 0, rejected: 4 })
  const said = log().map(({ msg }) => msg)
  t.strictSame(said, [
    'set aside in the rejects: a.csv row 2 is bad (the same kind in row 4, row 9)',
    'set aside in the rejects: a.csv row 3 is bad',
  ])
  source.collected(batch, { spooled: 0, alreadyGiven: 0, rejected: 4 })
  t.equal(log().length, 2, 'more of it is said later, in sum')
  events.stopped()
  t.equal(log().length, 5)
  t.notMatch(JSON.stringify(log()), /secret/)
})

t.test('a value that a reason quotes is not in the log', async (t) => {
  const { events, log } = recordedEvents()
  const source = events.source('alerts')
  const reason = 'a.csv row 2 has "CORP\\jane" in When, which is no date'
  const batch = batchOf(0, 0, { read: 1, rejects: [{ ...rejectOf('date', 2), reason }] })
  source.collected(batch, { spooled: 0, alreadyGiven: 0, rejected: 1 })
  const message = 'a.csv: the header "CORP\\jane, Added" has no column that is known'
  source.sourceNotice({ level: 'error', code: 'header', message })
  t.strictSame(
    log().map(({ msg }) => msg),
    [
      'set aside in the rejects: a.csv row 2 has "…" in When, which is no date',
      'a.csv: the header "…" has no column that is known',
    ],
  )
})

t.test('connected by turns to two places: each is said once until it is lost', async (t) => {
  const { events, log } = recordedEvents()
  const siem = events.destination('siem')
  const said = () => log().filter(({ level }) => level === 30).length
  for (let turn = 0; turn < 10; turn += 1) siem.connected(`tls://siem (10.0.0.${turn % 2})`)
  t.equal(said(), 2)
  siem.destinationFailed(error('lost', 'is gone'), 500)
  siem.connected('tls://siem (10.0.0.1)')
  t.equal(said(), 3)
  for (let turn = 0; turn < 100; turn += 1) siem.connected(`tls://siem (${turn})`)
  t.ok(said() < 30, 'bounded')
  t.equal(siem.state.detail, 'tls://siem (99)')
})

t.test('metrics count what happened', async (t) => {
  const { events } = recordedEvents()
  events.source('alerts').collected(batchOf(0, 5), { spooled: 3, alreadyGiven: 2, rejected: 0 })
  const siem = events.destination('siem')
  siem.connected('somewhere')
  siem.received(3)
  events.spoolNotice({ level: 'error', code: 'spool-damaged', message: 'a block is damaged' })
  const text = await events.metrics.registry.metrics()
  t.match(text, /cefline_source_records_total\{source="alerts",result="already_given"\} 2/)
  t.match(text, /cefline_destination_lines_received_total\{destination="siem"\} 3/)
  t.match(text, /cefline_destination_up\{destination="siem"\} 1/)
  t.match(text, /cefline_errors_total\{component="spool",code="spool-damaged"\} 1/)
  const { own } = events
  t.match(own.rest(), [
    { kind: 'spool-damaged', message: 'a block is damaged', component: 'spool' },
  ])
})
