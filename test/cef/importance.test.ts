import t from 'tap'
import { importance, mayBeCut } from '../../src/cef/importance.ts'

t.test('the order in which keys go', async (t) => {
  const order = ['NetwrixAuditorX', 'cs6', 'cs5', 'msg', 'request', 'cs4', 'outcome', 'act', 'cs1']
  order.push('deviceFacility', 'filePath', 'suser', 'cat', 'shost', 'externalId', 'rt', 'start')
  t.strictSame(
    [...order].reverse().sort((one, other) => importance(one) - importance(other)),
    order,
  )
})

t.test('numbers, times, addresses and identifiers go whole', async (t) => {
  for (const key of ['rt', 'spt', 'src', 'in', 'externalId', 'cs1', 'deviceFacility']) {
    t.notOk(mayBeCut(key), key)
  }
  for (const key of ['msg', 'filePath', 'AcmeX', 'cs6']) t.ok(mayBeCut(key), key)
})
