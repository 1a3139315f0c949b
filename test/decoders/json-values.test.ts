import fc from 'fast-check'
import t from 'tap'
import type { JsonText } from '../../src/decoders/json-values.ts'
import { JsonValues } from '../../src/decoders/json-values.ts'

function read(bytes: Buffer | string, sizes: number[] = [Infinity], limit = 1000): JsonText[] {
  const values = new JsonValues(limit)
  const all = Buffer.from(bytes)
  const read: JsonText[] = []
  for (let at = 0, turn = 0; at < all.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1
    // The same chunk is filled anew, as a stream may do.
    const chunk = Buffer.from(all.subarray(at, at + size))
    read.push(...values.write(chunk))
    chunk.fill(0)
    at += size
  }
  return [...read, ...values.end()]
}

/** The rows and texts, with the reason of what is refused. */
function shown(found: JsonText[]): [number, string, string?][] {
  return found.map(({ row, text, problem }) => {
    return problem ? [row, text, problem.reason] : [row, text]
  })
}

t.test('whatever frames the objects', async (t) => {
  const one = '{"a":"}] \\" {","b":[{"c":{}}]}'
  const two = '{"d":1}'
  const pretty = (value: string) => JSON.stringify(JSON.parse(value), undefined, 2)
  const cases: [name: string, text: string, rows: [number, string][]][] = [
    [
      'lines',
      `${one}\n${two}`,
      [
        [1, one],
        [2, two],
      ],
    ],
    [
      'lines with CRLF and an end',
      `${one}\r\n${two}\r\n`,
      [
        [1, one],
        [2, two],
      ],
    ],
    [
      'an empty line',
      `${one}\n\n${two}`,
      [
        [1, one],
        [2, ''],
        [3, two],
      ],
    ],
    ['one', one, [[1, one]]],
    [
      'none',
      ' \n ',
      [
        [1, ''],
        [2, ''],
      ],
    ],
    [
      'several lines each',
      `${pretty(one)}\n${pretty(two)}\n`,
      [
        [1, pretty(one)],
        [9, pretty(two)],
      ],
    ],
    [
      'one after another',
      `${two}${one} ${two}`,
      [
        [1, two],
        [1, one],
        [1, two],
      ],
    ],
    [
      'a comma behind each',
      `${two},\n${one},\n`,
      [
        [1, two],
        [2, one],
      ],
    ],
    [
      'a list',
      `[${one}, ${two}]`,
      [
        [1, one],
        [2, two],
      ],
    ],
    [
      'a list, an object a line',
      `[\n${one},\n${two}\n]\n`,
      [
        [1, one],
        [2, two],
      ],
    ],
    [
      'a list, printed',
      pretty(`[${one},${two}]`),
      [
        [1, pretty(one)],
        [2, pretty(two)],
      ],
    ],
    ['an empty list', '[ ]', []],
    [
      'lists',
      `[${one}]\n[${two}]`,
      [
        [1, one],
        [2, two],
      ],
    ],
    [
      'a map',
      `{"event_0": ${one}\n, "event_1": ${two}\n}`,
      [
        [1, one],
        [2, two],
      ],
    ],
    [
      'an answer',
      `{"status":"success","pagination":{"x":[{}]},"data":[${one},${two}],"y":1}`,
      [
        [1, one],
        [2, two],
      ],
    ],
    [
      'answers',
      `{"rows":[${one}]}\n{"rows":[${two}]}\n`,
      [
        [1, one],
        [2, two],
      ],
    ],
    [
      'an object with data',
      `{"message":"","data":[${two}]}`,
      [[1, `{"message":"","data":[${two}]}`]],
    ],
    ['an object whose list is of texts', '{"data":["a"]}', [[1, '{"data":["a"]}']]],
  ]
  for (const [name, text, rows] of cases) {
    for (const sizes of [[1], [2], [3, 1], [7], [Infinity]]) {
      const unindented = shown(read(text, sizes)).map(([row, text, ...rest]) => {
        // An object of a printed list is indented with it.
        return [row, name.endsWith('printed') ? pretty(text) : text, ...rest]
      })
      t.strictSame(unindented, rows, `${name}, ${sizes.join()}`)
    }
  }
})

t.test('a broken object costs itself', async (t) => {
  const good = '{"a":1}'
  const cases: [name: string, text: string, rows: [number, string, RegExp?][]][] = [
    [
      'lines',
      `{"a":\n${good}\n{"b":"\n${good}`,
      [
        [1, '{"a":'],
        [2, good],
        [3, '{"b":"'],
        [4, good],
      ],
    ],
    [
      'the first of lines',
      `{"a":{"b":1}\n${good}`,
      [
        [1, '{"a":{"b":1}'],
        [2, good],
      ],
    ],
    [
      'a bracket that is missing',
      `[{"x":{"y":1}, ${good}, ${good}]`,
      [
        [1, '{"x":{"y":1},', /"{"/],
        [2, good],
        [3, good],
      ],
    ],
    [
      'a bracket too many',
      `[{"x":1}}, ${good}]`,
      [
        [1, '{"x":1}'],
        [2, '},', /"}"/],
        [3, good],
      ],
    ],
    [
      'a quote too many',
      `[${good}, {"x":"y"z"}\n,${good}]`,
      [
        [1, good],
        [2, '{"x":"y"z"}\n,', /"z"/],
        [3, good],
      ],
    ],
    [
      'a quote that is missing',
      `[\n{"x":"y},\n${good},\n${good}]`,
      [
        [1, '{"x":"y},', /line end/],
        [2, good],
        [3, good],
      ],
    ],
    [
      'in a map',
      `{"event_0":{"x":"y},\n"event_1":${good}}`,
      [
        [1, '{"x":"y},', /line end/],
        [2, good],
      ],
    ],
    [
      'in a map on one line',
      `{"event_0":{"x":[}, "event_1":${good}}`,
      [
        [1, '{"x":[},', /"}"/],
        [2, good],
      ],
    ],
    [
      'of several lines',
      `{\n "x": }\n{\n"a":1}`,
      [
        [1, '{\n "x": }', /"}"/],
        [3, '{\n"a":1}'],
      ],
    ],
    [
      'words in a list',
      `[1, "x", null, ${good}, [2]]`,
      [
        [1, '1'],
        [2, '"x"'],
        [3, 'null'],
        [4, good],
        [5, '[2]'],
      ],
    ],
    [
      'words in a map',
      `{"event_0":${good}, "n": 5, "event_1":${good}}`,
      [
        [1, good],
        [2, '5'],
        [3, good],
      ],
    ],
    [
      'words between',
      `[${good}] and\n{"b":2}`,
      [
        [1, good],
        [1, 'and', /"a"/],
        [2, '{"b":2}'],
      ],
    ],
    [
      'no comma',
      `[${good}${good}]`,
      [
        [1, good],
        [2, good],
      ],
    ],
    [
      'nested deeply',
      `[{"a":${'['.repeat(300)}${']'.repeat(300)}}, ${good}]`,
      [
        [1, `{"a":${'['.repeat(300)}${']'.repeat(300)}},`, /256 levels/],
        [2, good],
      ],
    ],
    [
      'the end is missing',
      `[${good}, {"b":`,
      [
        [1, good],
        [2, '{"b":', /cut off/],
      ],
    ],
    [
      'the bracket at the end is missing',
      `[${good},`,
      [
        [1, good],
        [2, '', /cut off/],
      ],
    ],
    [
      'the bracket of a map is missing',
      `{"event_0":${good}`,
      [
        [1, good],
        [2, '', /cut off/],
      ],
    ],
  ]
  for (const [name, text, rows] of cases) {
    for (const sizes of [[1], [2], [3, 1], [7], [Infinity]]) {
      const found = read(text, sizes)
      const place = `${name}, ${sizes.join()}`
      t.strictSame(
        found.map(({ row, text }) => [row, text]),
        rows.map(([row, text]) => [row, text]),
        place,
      )
      rows.forEach(([, , reason], index) => {
        if (reason) t.match(found[index]?.problem, { code: 'row', reason }, place)
        else t.notOk(found[index]?.problem, place)
      })
    }
  }
})

t.test('what is too large, and what is no UTF-8', async (t) => {
  const large = `{"a":"${'x'.repeat(200)}"}`
  const bad = Buffer.from('{"b":"\xff"}', 'latin1')
  const files: [string, Buffer[]][] = [
    ['lines', [Buffer.from(`{"a":1}\n${large}\n`), bad, Buffer.from('\n{"c":3}\n')]],
    ['list', [Buffer.from(`[{"a":1},\n${large}, `), bad, Buffer.from(',{"c":3}]')]],
  ]
  for (const [name, parts] of files) {
    for (const sizes of [[1], [50], [Infinity]]) {
      const found = read(Buffer.concat(parts), sizes, 100)
      t.strictSame(
        found.map(({ problem }) => problem?.code),
        [undefined, 'too-large', 'encoding', undefined],
        name,
      )
      t.match(found[1]?.text, /^\{"a":"xxx/)
      t.match(found[1]?.problem, { reason: 'is longer than 100 bytes' })
      t.match(found[2]?.problem, { reason: /at its byte 7/ })
    }
  }
})

t.test('memory is bounded by the limit', async (t) => {
  const values = new JsonValues(100_000)
  const before = process.memoryUsage().arrayBuffers
  let found = [...values.write(Buffer.from('[{"a":"'))].length
  for (let turn = 0; turn < 1000; turn += 1) {
    found += [...values.write(Buffer.alloc(64 * 1024, 'x'))].length
  }
  t.ok(process.memoryUsage().arrayBuffers - before < 32 * 1024 * 1024, '64 MB went by')
  t.equal(found, 0)
  const rest = [...values.write(Buffer.from('"},{"b":1}]')), ...values.end()]
  t.match(rest, [{ problem: { code: 'too-large' } }, { row: 2, text: '{"b":1}' }])
  t.equal(rest[0]?.text.length, 64 * 1024)
})

t.test('any objects come back, however framed and split', async () => {
  const objects = fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), {
    maxLength: 6,
  })
  const frames: ((objects: unknown[]) => string)[] = [
    (objects) => objects.map((object) => JSON.stringify(object)).join('\n'),
    (objects) => JSON.stringify(objects),
    (objects) => JSON.stringify(objects, undefined, 1),
    (objects) => objects.map((object) => JSON.stringify(object, undefined, '\t')).join('\n'),
    (objects) => JSON.stringify({ status: 'success', data: objects }),
    (objects) => {
      return JSON.stringify(
        Object.fromEntries(objects.map((object, at) => [`event_${at}`, object])),
      )
    },
  ]
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(objects, fc.constantFrom(...frames), sizes, (objects, frame, sizes) => {
      // The framing is told by the first object, whose own keys may look like an answer's.
      const framed = [{ first: 1 }, ...objects]
      const found = read(frame(framed), sizes, 100_000)
      return (
        found.every(({ problem }) => !problem) &&
        JSON.stringify(found.map(({ text }) => JSON.parse(text) as unknown)) ===
          JSON.stringify(framed)
      )
    }),
    { numRuns: 300 },
  )
})

t.test('any bytes are all given back, and the same ones however they are split', async (t) => {
  const pieces = fc.constantFrom(
    ...[
      '{',
      '}',
      '[',
      ']',
      '"',
      ',',
      ':',
      '\n',
      '\\',
      ' ',
      '1',
      'x',
      '"a":',
      '{"a":1}',
      '"event_0":',
      '\xff',
    ],
  )
  const texts = fc.tuple(fc.constantFrom('', '{', '[', '{"event_1":{', '[{'), fc.array(pieces))
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(texts, sizes, ([first, rest], sizes) => {
      const bytes = Buffer.from(first + rest.join(''), 'latin1')
      // Of what is too large more than the limit may be kept.
      const kept = (found: JsonText[]) => {
        return found.map((one) => (one.problem?.code === 'too-large' ? { ...one, text: '' } : one))
      }
      const whole = kept(read(bytes, [Infinity], 20))
      const split = kept(read(bytes, sizes, 20))
      t.strictSame(split, whole, JSON.stringify(bytes.toString('latin1')))
      return t.passing()
    }),
    { numRuns: 2000 },
  )
})
