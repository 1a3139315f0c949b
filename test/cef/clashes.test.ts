import t from 'tap'
import { clashChoices, mayClash, renameClashes } from '../../src/cef/clashes.ts'
import { splitLine } from '../../src/cef/split.ts'

const line =
  'CEF:0|CadoSecurity|CadoResponse|1.0.2|0|n|1| alarm=True evidence_id=2 type=Creation Time ' +
  'filePath=/a eventId=Q5FB msg=x'

function keys(text: string, clashes: (typeof clashChoices)[number]): string[] {
  const parts = splitLine(text)
  if (parts === undefined) return []
  renameClashes(parts, clashes)
  return parts.pairs.map(([key]) => key)
}

t.test('keys by choice', async (t) => {
  t.strictSame(keys(line, 'keep'), ['alarm', 'evidence_id', 'type', 'filePath', 'eventId', 'msg'])
  t.strictSame(keys(line, 'rename'), [
    ...['alarm', 'evidence_id', 'CadoResponseType', 'filePath', 'CadoResponseEventId', 'msg'],
  ])
  t.strictSame(keys(line, 'rename-all'), [
    ...['alarm', 'CadoResponseEvidenceId', 'CadoResponseType', 'filePath', 'CadoResponseEventId'],
    'msg',
  ])
})

t.test('a column that has such a name already gets a number', async (t) => {
  t.strictSame(keys(`${line} CadoResponseType=other`, 'rename').slice(2), [
    ...['CadoResponseType', 'filePath', 'CadoResponseEventId', 'msg', 'CadoResponseType2'],
  ])
  t.strictSame(keys(`${line} CadoResponseType=a CadoResponseType2=b`, 'rename').slice(6), [
    ...['CadoResponseType3', 'CadoResponseType2'],
  ])
})

t.test('only Cado’s lines, and only where it is wanted', async (t) => {
  t.strictSame(
    clashChoices.map((choice) => mayClash(line, choice)),
    [false, true, true],
  )
  t.notOk(mayClash('CEF:0|Netwrix|AD|1.0|Added|Added user|5| type=1', 'rename-all'))
})
