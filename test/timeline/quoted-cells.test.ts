import fc from 'fast-check'
import t from 'tap'
import { quotedCells, quotedRow } from '../../src/timeline/quoted-cells.ts'

t.test('cells', async (t) => {
  const table: [line: string, cells: string[] | undefined][] = [
    ['a,b', ['a', 'b']],
    ['"a,b",c', ['a,b', 'c']],
    ['"a ""b""",', ['a "b"', '']],
    ['""', ['']],
    ['a"b",c', ['a"b"', 'c']],
    ['"a" b,c', ['a b', 'c']],
    ['a,"b', undefined],
    ['"""', undefined],
    ['', ['']],
  ]
  for (const [line, cells] of table) t.strictSame(quotedCells(line), cells, line)
})

t.test('what is written is read back', async () => {
  const cell = fc.string({ unit: fc.constantFrom('a', ',', ';', '"', ' ', '\n') })
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1 }), fc.constantFrom(',', ';'), (cells, delimiter) => {
      const read = quotedCells(quotedRow(cells, delimiter), delimiter)
      return JSON.stringify(read) === JSON.stringify(cells)
    }),
  )
})
