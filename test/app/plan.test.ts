import t from 'tap'
import { queuesOf } from '../../src/app/plan.ts'
import { bothConfigurations, spoolConfiguration } from '../../src/app/spool.ts'
import { tables } from '../../src/components.ts'
import { resolveConfiguration } from '../../src/config/load.ts'

t.test('what is to be sent again is read last, by its destination alone', async (t) => {
  const configuration = resolveConfiguration(
    {
      sources: {
        records: { type: 'netwrix-api', url: 'https://h', username: 'u', password: 'p' },
        alerts: { type: 'netwrix-alerts' },
      },
      destinations: { one: { type: 'console' }, two: { type: 'console', from: ['records'] } },
    },
    { origin: 'test', tables },
  )
  const { sources, destinations } = configuration
  t.same(
    destinations.map((one) => queuesOf(one, sources)),
    [
      // What Cefline says of itself is first.
      [['cefline'], ['alerts'], ['records'], ['retry:one']],
      [['records'], ['retry:two']],
    ],
  )
  const { queues, destinations: readers } = spoolConfiguration(configuration)
  t.same(queues, ['records', 'alerts', 'cefline', 'retry:one', 'retry:two'])
  t.same(
    [...readers],
    [
      ['one', ['cefline', 'alerts', 'records', 'retry:one']],
      ['two', ['records', 'retry:two']],
    ],
  )
})

t.test('while the components of two configurations run, what either reads is kept', async (t) => {
  const now = { maxBytes: 1, remember: { age: 1, count: 1 }, queues: ['a', 'b'] }
  const next = { maxBytes: 2, remember: { age: 2, count: 2 }, queues: ['b', 'c'] }
  const both = bothConfigurations(
    {
      ...now,
      destinations: new Map([
        ['one', ['a', 'b']],
        ['old', ['a']],
      ]),
    },
    {
      ...next,
      destinations: new Map([
        ['one', ['b', 'c']],
        ['new', ['c']],
      ]),
    },
  )
  t.match(both, { maxBytes: 2, remember: { age: 2 }, queues: ['a', 'b', 'c'] })
  t.same(
    [...both.destinations],
    [
      ['one', ['a', 'b', 'c']],
      ['old', ['a']],
      ['new', ['c']],
    ],
  )
})
