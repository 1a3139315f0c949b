import t from 'tap'
import { LinePacker } from '../../../src/io/lines.ts'
import { lineKey } from '../../../src/timeline/identity.ts'
import { ObjectBatch } from '../../../src/sources/s3/object-batch.ts'
import { line } from './world.ts'

/** The id of a line in an object. */
function idIn(object: string, cef: string, occurrence = 0): string {
  const batch = new ObjectBatch(new LinePacker())
  batch.begin(object)
  batch.add(cef, 0, 1, lineKey(cef, occurrence))
  return batch.take().batch.lines.ids.toString('hex')
}

t.test('a line without an id is an event of its object', async (t) => {
  for (const plain of [line('x'), line('my_eventId\\=5'), line('x subeventId=5'), line('x', '')]) {
    t.not(idIn('b/1', plain), idIn('b/2', plain), plain)
    t.equal(idIn('b/1', plain), idIn('b/1', plain))
    t.not(idIn('b/1', plain, 0), idIn('b/1', plain, 1))
    t.not(idIn('b/1', plain), lineKey(plain, 0).toString('hex'))
  }
})

t.test('one with an id is one event wherever it lies', async (t) => {
  const first = 'CEF:0|CadoSecurity|CadoResponse|1|0|x|1|eventId=a msg=b'
  const netwrix = 'CEF:0|Netwrix|Auditor|1|0|x|1|msg=b externalId=77'
  for (const own of [line('x', 'abc'), line('x\u2028y', 'abc'), first, netwrix]) {
    // Not as the test's name: a line separator in it ends the line of TAP.
    t.equal(idIn('b/1', own), idIn('b/2', own))
    t.equal(idIn('b/1', own), lineKey(own, 0).toString('hex'))
  }
})

t.test('another product may write one id into every line', async (t) => {
  for (const foreign of ['CEF:0|a|b|1|0|x|1|msg=b externalId=1', 'CEF:0|a|b|1|0|x|1|eventId=1']) {
    t.not(idIn('b/1', foreign), idIn('b/2', foreign), foreign)
  }
  t.not(idIn('b/1', line('x', 'same')), idIn('b/1', line('y', 'same')), 'nor does Cado hide one')
})

t.test('rejects are counted for each object', async (t) => {
  const batch = new ObjectBatch(new LinePacker())
  batch.begin('b/1')
  batch.refuse({ code: 'row', reason: 'r', origin: 'o', row: 1, record: 'x' })
  t.equal(batch.rejected, 1)
  batch.begin('b/2')
  t.equal(batch.rejected, 0)
})
