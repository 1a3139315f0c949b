import t from 'tap'
import { DelimitedDecoder } from '../../src/decoders/delimited.ts'
import { headerText, isCut, keptRecord, rowText } from '../../src/netwrix/alert-record.ts'

t.test('a row as text', async (t) => {
  t.equal(rowText(['a', 'b "c"', 'd\te', 'f\r\ng'], '\t'), 'a\t"b ""c"""\t"d\te"\t"f\r\ng"')
})

t.test('what is kept is read back as it was', async (t) => {
  const cells = ['a "quoted" b', 'one\ntwo', '\t;,', '', ' blank ', '"']
  const header = ['Who;Where', 'When, UTC', 'Tab\there', '"Action"', 'Two\nlines', 'What']
  for (const delimiter of ['\t', ';', ',']) {
    const text = keptRecord(headerText(header, delimiter), rowText(cells, delimiter))
    const decoder = new DelimitedDecoder()
    const rows = [...decoder.write(Buffer.from(text)), ...decoder.end()].flat()
    t.strictSame(decoder.header, header)
    t.match(rows, [{ cells }])
    t.equal(decoder.delimiter, delimiter)
    t.notOk(isCut(text))
  }
})

t.test('a huge one is cut, and says so', async (t) => {
  const text = keptRecord('Who', 'x'.repeat(2_000_000))
  t.ok(isCut(text))
  t.match(text.slice(-40), /x… \(and 951428 characters\)$/)
})
