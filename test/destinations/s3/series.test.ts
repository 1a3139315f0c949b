import t from 'tap'
import { seriesOf } from '../../../src/destinations/s3/series.ts'

const header = 'CEF:0|CadoSecurity|CadoResponse|1.0.2|0|Creation Time|1|'

/** The series of a line that lies between others. */
function series(line: string): string | undefined {
  const [before, text] = [Buffer.from('some bytes '), Buffer.from(line)]
  const bytes = Buffer.concat([before, text, Buffer.from(' evidence_id=9')])
  return seriesOf(bytes, before.length, before.length + text.length)
}

t.test('the evidence item of a line', async (t) => {
  for (const [line, wanted] of [
    [`${header}alarm=True evidence_id=2 evidence_name=a.zip macb=M...`, '2-a.zip'],
    [`${header}evidence_id=2 evidence_name=disk of bob.dd`, '2-disk of bob.dd'],
    [`${header}a=b evidence_name=only a name x=y`, 'only a name'],
    [`${header}a=b evidence_id=7`, '7'],
    [`${header}evidence_id= evidence_name= a=b`, undefined],
    [`${header}a=b`, undefined],
    [header, undefined],
    [String.raw`${header}msg=says evidence_id\=5 evidence_id=6`, '6'],
    [String.raw`${header}msg=says evidence_id\=5`, undefined],
    [String.raw`CEF:0|CadoSecurity|CadoResponse|1|0|a\| evidence_id=3|1|evidence_id=4`, '4'],
    [String.raw`${header}evidence_id=1 evidence_name=a\=b c\=d e=f`, String.raw`1-a\=b c\=d`],
    [`${header}evidence_id=1 evidence_name=größe.dd a=b`, '1-größe.dd'],
    ['CEF:0|Netwrix|File Servers|1|x|y|5|evidence_id=1', undefined],
    ['', undefined],
  ] as const) {
    t.equal(series(line), wanted, line)
  }
})
