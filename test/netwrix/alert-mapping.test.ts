/**
 * The option `mapping` on its way: into the worker thread, to a reject that is read once more, and to
 * the pages of the API.
 */
import { join } from 'node:path'
import t from 'tap'
import type { StoredReject } from '../../src/core.ts'
import { unpackLines } from '../../src/io/lines.ts'
import { compileMapping } from '../../src/mappings/compile.ts'
import { activityBatch, activityLine } from '../../src/netwrix/activity-batch.ts'
import { AlertReader } from '../../src/netwrix/alert-reader.ts'
import type { AlertReading } from '../../src/netwrix/alert-reader.ts'
import { remapAlert } from '../../src/netwrix/alert-remap.ts'
import { alertThread } from '../../src/netwrix/alert-thread.ts'
import { spec } from '../helpers/mapping-spec.ts'

const mapping = spec({
  fields: { cs4: '{Ticket}' },
  privacy: { key: 'sixteen characters', fields: { Who: 'hash' } },
})
const reading: AlertReading = {
  timezone: 'UTC',
  dateFormat: 'auto',
  profile: 'standard',
  mapping,
}
const expected = / suser=[0-9a-f]{32} .* cs4=T1 cs4Label=Ticket$/

t.test('in the worker thread', async (t) => {
  const folder = t.testdir({ 'a.csv': 'Who\tAction\tTicket\na\tRead\tT1\n' })
  const path = Buffer.from(join(folder, 'a.csv'))
  const thread = alertThread(reading)
  const lines: string[] = []
  for await (const { batch } of thread.read([{ path }])) {
    lines.push(...unpackLines(batch.lines.bytes).map(({ cef }) => cef))
  }
  await thread.stop()
  t.equal(lines.length, 1)
  t.match(lines[0], expected)
  t.throws(() => new AlertReader({ ...reading, mapping: spec({ severity: 11 }) }), {
    code: 'config',
  })
})

const stored: StoredReject = {
  code: 'date',
  reason: '',
  origin: 'a.csv',
  row: 2,
  record: 'Who\tAction\tTicket\na\tRead\tT1',
  id: Buffer.alloc(16),
  number: 1,
  at: 0,
  source: 'alerts',
}

t.test('when a reject is read once more', async (t) => {
  const [line] = unpackLines(remapAlert(stored, reading).bytes)
  t.match(line?.cef, expected)
  const record = JSON.stringify({ Who: 'a', Action: 'Read', Ticket: 'T1' })
  const map = compileMapping(mapping, 'mapping')
  const [again] = unpackLines(
    activityLine({ ...stored, record }, { profile: 'standard', map }).bytes,
  )
  t.match(again?.cef, expected)
})

t.test('of a page', async (t) => {
  const map = compileMapping(mapping, 'mapping')
  const records = [{ Who: 'a', Action: 'Read', Ticket: 'T1' }]
  const options = { profile: 'standard', receivedAt: 0, origin: 'x' } as const
  const [line] = unpackLines(activityBatch(records, { ...options, map }).lines.bytes)
  t.match(line?.cef, expected)
  const plain = activityBatch(records, options).lines
  t.match(unpackLines(plain.bytes)[0]?.cef, / suser=a /)
  t.same(activityBatch(records, { ...options, map }).lines.ids, plain.ids, 'ids stay')
})
