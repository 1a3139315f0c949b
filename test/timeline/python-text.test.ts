import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import t from 'tap'
import { fromPythonText, pythonText } from '../../src/timeline/python-text.ts'
import { anyText } from '../helpers/cef-events.ts'
import { findProgram, needs } from '../helpers/peers.ts'

t.test('as Python prints it', async (t) => {
  for (const [value, text] of [
    [null, 'None'],
    [true, 'True'],
    [false, 'False'],
    ['as it is', 'as it is'],
    [5760, '5760'],
    [-0.5, '-0.5'],
    [1e16, '1e+16'],
    [1e-5, '1e-05'],
    [0.0001, '0.0001'],
    [123456789.25, '123456789.25'],
    [2 ** 53, '9007199254740992.0'],
    [-0, '-0.0'],
    [1.5e300, '1.5e+300'],
    [9007199254740993n, '9007199254740993'],
    [[], '[]'],
    [{}, '{}'],
    [["it's"], `["it's"]`],
    [[`'"`], `['\\'"']`],
    [['C:\\Temp\n\t\r\0é漢😀\u00a0\u2028\ud800\u{e0001}'], '['],
    [
      [{ str_detected: 'a.exe', url: '?query=a.exe' }],
      "[{'str_detected': 'a.exe', 'url': '?query=a.exe'}]",
    ],
    [{ a: [1, null, { b: false }] }, "{'a': [1, None, {'b': False}]}"],
  ] as const) {
    const made = pythonText(value)
    if (text === '[') {
      t.equal(made, "['C:\\\\Temp\\n\\t\\r\\x00é漢😀\\xa0\\u2028\\ud800\\U000e0001']")
    } else t.equal(made, text)
  }
})

t.test('however deep and long', async (t) => {
  let deep: unknown = []
  for (let depth = 0; depth < 100_000; depth += 1) deep = [deep]
  t.equal(pythonText(deep).length, 200_002)
  t.equal(fromPythonText(pythonText(deep)), undefined, 'so deep is nothing of Cado’s')
  const long = [`it's ${'\\ a'.repeat(1_000_000)}`]
  t.strictSame(fromPythonText(pythonText(long)), long)
})

t.test('what is no value of Python’s is not read', async (t) => {
  for (const text of [
    ...[
      '',
      'a',
      'true',
      '[',
      '[1',
      '[1,2]',
      "['a]",
      "{'a'}",
      '{1: 2}',
      "'a' 'b'",
      '01',
      '1.',
      'nan',
    ],
    ...["'\\q'", "'\\U00110000'", '9007199254740993', "{'a':1}", '[1, ]', '(1, 2)', "b'a'", "'\\"],
  ]) {
    t.equal(fromPythonText(text), undefined, text)
  }
  t.equal(fromPythonText("'a'"), 'a')
  t.equal(fromPythonText('None'), null)
  t.equal(fromPythonText('-1.5e-07'), -1.5e-7)
  const own = fromPythonText("{'__proto__': 1}")
  t.strictSame(Object.entries(own as object), [['__proto__', 1]])
})

const anyJson = fc.jsonValue({ stringUnit: 'binary' })
const nested = fc.oneof(fc.array(anyJson), fc.dictionary(anyText, anyJson), fc.array(anyText))

t.test('what was printed is read back', async () => {
  fc.assert(
    fc.property(nested, (value) => {
      const text = pythonText(value)
      assert.doesNotMatch(text, /[\n\r\0]/)
      const read = fromPythonText(text)
      // A whole float beyond 2^53 is printed as one, and read as one.
      assert.equal(pythonText(read), text)
      assert.deepEqual(JSON.parse(JSON.stringify(read)), JSON.parse(JSON.stringify(value)))
    }),
    { numRuns: 500 },
  )
})

t.test('Python prints the same and reads it', needs('python3'), async () => {
  const values = [
    ...fc.sample(nested, 300),
    ...fc.sample(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })), 50),
  ]
  const program = [
    'import sys, json, ast',
    'out = []',
    'for text, written in json.load(sys.stdin):',
    '    value = json.loads(text)',
    '    out.append([repr(value), ast.literal_eval(written) == value])',
    'json.dump(out, sys.stdout)',
  ].join('\n')
  // Python tells 1 and 1.0 apart by how they are written, and JSON.parse does not.
  const rows = values.map((value) => [asPython(value), pythonText(value)])
  const answer = execFileSync(findProgram('python3') ?? '', ['-c', program], {
    input: JSON.stringify(rows),
    maxBuffer: 1 << 26,
  }).toString()
  for (const [index, [printed, same]] of (JSON.parse(answer) as [string, boolean][]).entries()) {
    const made = rows[index]?.[1] ?? ''
    assert.ok(same, made)
    if (!hasNewSigns(made)) assert.equal(made, printed)
  }
})

/** JSON whose numbers are written so that Python takes them for what they are here. */
function asPython(value: unknown): string {
  if (typeof value === 'number') return pythonText(value)
  if (Array.isArray(value)) return `[${value.map(asPython).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const pairs = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}:${asPython(one)}`)
  return `{${pairs.join(',')}}`
}

/** Beyond the first plane, and printed by number: versions of Unicode differ in what they know. */
function hasNewSigns(text: string): boolean {
  return /\\u|\\U|[\u0860-\u09ff\u1c80-\u1cff\u2bff-\u2fff\ua7a0-\uabff\u{10000}-\u{10ffff}]/u.test(
    text,
  )
}
