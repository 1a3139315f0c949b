import fc from 'fast-check'
import t from 'tap'
import type { Row } from '../../src/decoders/delimited.ts'
import { DelimitedDecoder } from '../../src/decoders/delimited.ts'

function decode(
  text: string | Buffer,
  { chunk = 1 << 20, limit }: { chunk?: number; limit?: number } = {},
): { header: string[] | undefined; rows: Row[]; decoder: DelimitedDecoder } {
  const decoder = new DelimitedDecoder(limit)
  const bytes = Buffer.from(text as string)
  const rows: Row[] = []
  for (let at = 0; at < bytes.length; at += chunk) {
    for (const some of decoder.write(bytes.subarray(at, at + chunk))) rows.push(...some)
  }
  for (const some of decoder.end()) rows.push(...some)
  return { header: decoder.header, rows, decoder }
}

/** `2:a|b` for a row, `2!quote:line` for a broken one. */
function brief(rows: Row[]): string[] {
  return rows.map(({ row, cells, broken }) =>
    broken ? `${row}!${broken.problem}:${broken.line}` : `${row}:${cells.join('|')}`,
  )
}

const cases: [name: string, text: string, rows: string[]][] = [
  ['TAB', 'A\tB\n1\t2\n', ['2:1|2']],
  ['semicolon', 'A;B\n1;2\n', ['2:1|2']],
  ['comma', 'A,B\n1,2\n', ['2:1|2']],
  ['TAB before comma', 'A, x\tB\n1,\t2\n', ['2:1,|2']],
  ['delimiter in a quoted name', '"A\tx",B\n1,2\n', ['2:1|2']],
  ['CRLF', 'A\tB\r\n1\t2\r\n3\t4\r\n', ['2:1|2', '3:3|4']],
  ['CR', 'A\tB\r1\t2\r3\t4\r', ['2:1|2', '3:3|4']],
  ['no line end at the end', 'A\tB\n1\t2\n3\t4', ['2:1|2', '3:3|4']],
  ['empty line', 'A\tB\n\n1\t2\n', ['2:', '3:1|2']],
  ['lines before the header', '\r\n\n#TYPE x\nA\tB\n1\t2\n', ['5:1|2']],
  ['quotes', 'A\tB\n"1"\t"x ""y"" z"\n', ['2:1|x "y" z']],
  ['empty quotes', 'A\tB\n""\t""\n', ['2:|']],
  ['quoted header', '"A"\t"B"\n1\t2\n', ['2:1|2']],
  ['several lines', 'A\tB\n"1\r\n\n2"\tb\n3\t4\n', ['2:1\r\n\n2|b', '5:3|4']],
  ['quote inside a cell', 'A\tB\nx 5" y\t"\n', ['2!quote:x 5" y\t"']],
  ['literal quotes', 'A\tB\nx 5" y\t2\n', ['2:x 5" y|2']],
  [
    'quoted word that begins a cell',
    'A\tB\n"Foo" changed to "b"\t2\n',
    ['2:"Foo" changed to "b"|2'],
  ],
  ['blanks are kept', 'A\tB\n 1 \t "2"\n', ['2: 1 | "2"']],
  ['NUL', 'A\tB\n1\0\t"\0"\n', ['2:1\0|\0']],
  ['too few and too many', 'A\tB\n1\n1\t2\t3\n', ['2:1', '3:1|2|3']],
  [
    'quote never closed',
    'A\tB\n1\t2\n3\t"4\n5\t6\n7\t8\n',
    ['2:1|2', '3!quote:3\t"4', '4:5|6', '5:7|8'],
  ],
  ['closed by a later row', 'A\tB\n1\t"2\n3\t"4"\n5\t6\n', ['2!quote:1\t"2', '3:3|4', '4:5|6']],
  [
    'closed by a lone quote later',
    'A\tB\tC\n"1\t2\t3\n4\t5"\t6\n7\t8\t9\n',
    ['2!cells:"1\t2\t3', '3:4|5"|6', '4:7|8|9'],
  ],
  ['two never closed', 'A\tB\n"1\t2\n"3\t4\n5\t6\n', ['2!quote:"1\t2', '3!quote:"3\t4', '4:5|6']],
  ['not closed in the last row', 'A\tB\n1\t2\n3\t"4', ['2:1|2', '3!quote:3\t"4']],
  [
    'doubled quotes behind one not closed',
    'A\tB\n1\t"2\n3\t""\n4\t5\n',
    ['2!quote:1\t"2', '3:3|', '4:4|5'],
  ],
  ['broken row ended by CRLF', 'A\tB\r\n1\t"2\r\n3\t"4"\r\n', ['2!quote:1\t"2', '3:3|4']],
]

for (const [name, text, rows] of cases) {
  t.test(name, (t) => {
    for (const chunk of [1, 2, 3, 7, 1000]) {
      t.strictSame(brief(decode(text, { chunk }).rows), rows, `chunks of ${chunk}`)
    }
    t.end()
  })
}

t.test('header', (t) => {
  t.equal(decode('').header, undefined, 'zero bytes')
  t.equal(decode('\r\n\n').header, undefined, 'blank lines only')
  t.strictSame(decode('A\tB').header, ['A', 'B'], 'header only, without line end')
  t.strictSame(decode('A\tB\r\n').rows, [], 'header only')
  t.throws(() => decode('A\t"B\n1\t2\n'), { code: 'header', permanent: true })
  t.throws(() => decode('x'.repeat(1024 * 1024 + 1)), { code: 'header', permanent: true })
  t.end()
})

t.test('a cell of 10 MB, with line ends in it', (t) => {
  const cell = `${'x'.repeat(1023)}\n`.repeat(10 * 1024)
  const { rows } = decode(`A\tB\n1\t"${cell}"\n3\t4\n`, { chunk: 64 * 1024 })
  t.equal(rows.length, 2)
  t.ok(rows[0]?.cells[1] === cell, 'as it was')
  t.equal(rows[1]?.row, 10 * 1024 + 3, 'rows are counted by physical lines')
  t.end()
})

t.test('limit', (t) => {
  const long = 'x'.repeat(100)
  const limited = (text: string, chunk = 10): string[] =>
    decode(text, { chunk, limit: 50 }).rows.map(
      ({ row, broken, cells }) => `${row}${broken ? `!${broken.problem}` : `:${cells.join('|')}`}`,
    )
  for (const chunk of [1, 10, 1000]) {
    t.strictSame(
      limited(`A\tB\n1\t${'y'.repeat(20)}"${long}\n3\t4\n`, chunk),
      ['2!too-large', '3:3|4'],
      'the rest of a long line is no row',
    )
    t.strictSame(limited(`A\tB\r\n1\t"2${long}\r\n3\t4\r\n`, chunk).at(-1), '3:3|4', 'CRLF')
  }
  const unclosed = limited(`A\tB\n1\t"2\n${'3\t4\n'.repeat(30)}`)
  t.strictSame(unclosed.slice(0, 2), ['2!too-large', '3:3|4'], 'an open quote is given up')
  t.equal(unclosed.length, 31)
  t.end()
})

t.test('damage is bounded: many open quotes in a long file', (t) => {
  const lines = Array.from({ length: 6_000 }, (_, row) => (row % 2 ? `${row}\t"x` : `${row}\ty`))
  const { rows } = decode(`A\tB\n${lines.join('\n')}\n`, { chunk: 65536 })
  t.equal(rows.length, lines.length)
  t.equal(rows.filter(({ broken }) => !broken).length, 3_000)
  t.end()
})

t.test('what was written by the rules is read, split anywhere', (t) => {
  const cell = fc.string({ unit: fc.constantFrom('a', '"', '\t', '\n', '\r', '\0', 'é', ' ', ',') })
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
  fc.assert(
    fc.property(
      fc.array(fc.tuple(cell, cell, cell), { maxLength: 8 }),
      fc.integer({ min: 1, max: 20 }),
      fc.constantFrom('\n', '\r\n', '\r'),
      (table, chunk, end) => {
        const lines = table.map((cells) => cells.map(quoted).join('\t') + end)
        const { rows } = decode(`A\tB\tC${end}${lines.join('')}`, { chunk })
        t.strictSame(
          rows.map(({ cells }) => cells),
          table,
        )
      },
    ),
    { numRuns: 200 },
  )
  t.end()
})

t.test('no text at all makes it fail or lose a line', (t) => {
  const piece = fc.constantFrom('a', '"', '""', '\t', '\n', '\r\n', '"\t', '\t"', 'b c')
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 40 }),
      fc.integer({ min: 1, max: 9 }),
      (parts, chunk) => {
        const text = `A\tB\n${parts.join('')}`
        const whole = decode(text)
        const split = decode(text, { chunk })
        t.strictSame(brief(split.rows), brief(whole.rows), JSON.stringify(text))
        const numbers = whole.rows.map(({ row }) => row)
        t.strictSame(
          numbers,
          [...new Set(numbers)].sort((a, b) => a - b),
          'rows in order, once',
        )
      },
    ),
    { numRuns: 300 },
  )
  t.end()
})
