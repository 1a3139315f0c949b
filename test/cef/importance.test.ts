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

t.test('of Cado’s lines', async (t) => {
  const vendor = 'CadoSecurity'
  const order = ['extra', 'CadoResponseMessage', 'notes', 'query_suggestions', 'parent', 'short']
  order.push('file_access', 'macb', 'host', 'msg', 'evidence_name', 'evidence_id', 'alarm')
  order.push('eventId', 'filePath', 'type', 'rt', 'eventTime')
  t.strictSame(
    [...order].reverse().sort((one, other) => importance(one, vendor) - importance(other, vendor)),
    order,
  )
  t.equal(importance('CadoResponseType', vendor), importance('type', vendor), 'renamed as well')
  t.equal(importance('extra'), importance('AcmeX'), 'no key of Cado’s in another line')
  for (const key of ['eventTime', 'rt', 'evidence_id', 'CadoResponseEvidenceId', 'eventId']) {
    t.notOk(mayBeCut(key, vendor), key)
  }
  for (const key of ['type', 'CadoResponseType', 'extra', 'msg', 'CadoResponseMessage']) {
    t.ok(mayBeCut(key, vendor), key)
  }
})
