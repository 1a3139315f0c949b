import t from 'tap'
import { plainDocument } from '../../src/config/document.ts'
import { Problems } from '../../src/config/problems.ts'
import type { Schema } from '../../src/config/schema.ts'
import { readSection } from '../../src/config/section.ts'

const schema = {
  folder: { doc: 'Where.', format: 'text', default: './drop' },
  maxBytes: { doc: 'How much.', format: 'bytes', default: '1MB' },
  level: { doc: 'How loud.', format: ['quiet', 'loud'], default: 'loud' },
  password: { doc: 'The secret.', format: 'text', default: null, sensitive: true, required: true },
  even: {
    doc: 'An even number.',
    format: (value: unknown) => {
      if (typeof value !== 'number' || value % 2 !== 0) throw new Error('is not even; write 2')
    },
    default: 4,
  },
  pin: {
    doc: 'A format that quotes the value.',
    format: (value: unknown) => {
      throw new Error(`cannot be ${String(value)}`)
    },
    default: null,
    sensitive: true,
  },
  tls: {
    ca: { doc: 'Authorities.', format: 'text?', default: null },
    verify: { doc: 'Whether.', format: 'flag', default: true },
    default: { doc: 'A child that is named as convict’s own key.', format: 'flag', default: false },
  },
} satisfies Schema

function read(given: unknown): { options: unknown; faults: string[] } {
  const problems = new Problems(plainDocument({}, 'at'))
  const options = readSection(schema, given, ['one'], problems)
  try {
    problems.throwIfAny()
    return { options, faults: [] }
  } catch (thrown) {
    return { options, faults: (thrown as Error).message.split('\n') }
  }
}

const defaults = {
  folder: './drop',
  maxBytes: 1e6,
  level: 'loud',
  password: 'x',
  even: 4,
  pin: null,
  tls: { ca: null, verify: true, default: false },
}

t.test('defaults are filled in, in their units', async (t) => {
  t.same(read({ password: 'x' }), { options: defaults, faults: [] })
  t.same(read({ password: 'x', tls: null }).options, defaults, 'a group without content')
  t.same(read({ password: 'x', tls: { default: true } }).options, {
    ...defaults,
    tls: { ca: null, verify: true, default: true },
  })
})

t.test('what is wrong', async (t) => {
  for (const [given, fault] of [
    [{ password: null }, 'at one.password: is missing and required: The secret.'],
    [{ folder: null }, 'at one.folder: has no value; write one, or leave the option out'],
    [{ folder: { a: 1 } }, 'at one.folder: is a map where one value belongs'],
    [{ password: 1234 }, 'at one.password: **** is not a text; put it in quotes'],
    [{ pin: 'hunter2' }, 'at one.pin: **** cannot be ****'],
    [{ level: 'loudd' }, 'at one.level: "loudd" is not one of quiet, loud; did you mean loud?'],
    [{ level: 3 }, 'at one.level: 3 is not one of quiet, loud'],
    [{ even: 3 }, 'at one.even: 3 is not even; write 2'],
    [{ even: '10GB' }, 'at one.even: "10GB" is not even; write 2'],
    [
      { tls: true },
      'at one.tls: is one value where a map belongs; write below it ca, verify, default',
    ],
    [{ tls: [] }, 'at one.tls: is a list where a map belongs; write below it ca, verify, default'],
    [{ tls: { verify: 'no' } }, 'at one.tls.verify: "no" is not a yes or no; write true or false'],
    [
      { tls: { cert: 'x' } },
      'at one.tls.cert: there is no such option; known are ca, verify, default',
    ],
    [{ fodler: 'x' }, 'at one.fodler: there is no such option; did you mean folder?'],
    [{ verify: false }, 'at one.verify: there is no such option; did you mean tls.verify?'],
    [{ 'tls.ca': 'x' }, 'at one.tls.ca: a dot does not lead into a group; write ca below tls'],
    [{ constructor: 1 }, /^at one.constructor: there is no such option; known are folder/],
    [{ ['__proto__']: 1 }, /^at one.__proto__: there is no such option/],
    [{ 'a\nb': 1 }, /^at one."a\\nb": there is no such option/],
    [{ folder: 7 }, 'at one.folder: 7 is not a text; put it in quotes'],
    [{ folder: `${'x'.repeat(200)}\0` }, /^at one\.folder: "x{79}… holds a NUL/],
  ] as [object, string | RegExp][]) {
    const { faults } = read({ password: 'x', ...given })
    t.equal(faults.length, 1, JSON.stringify(given))
    t.match(faults[0], fault)
    if (typeof fault === 'string') t.equal(faults[0], fault)
  }
  t.same(read({}).faults, ['at one.password: is missing and required: The secret.'])
  t.same(read([]).faults.length, 2, 'no map at all')
})

t.test('every fault at once', async (t) => {
  t.equal(read({ maxBytes: 'x', level: 'x', tls: { verify: 1 } }).faults.length, 4)
})

t.test('a tree is handed on as it was written', async (t) => {
  const tree = {
    filter: { doc: 'A map.', format: 'tree', default: null },
    tests: { doc: 'A map.', format: 'tree', default: { none: true } },
  } satisfies Schema
  const given = { filter: { 'Any key': ['x', { y: 10 }] }, tests: null }
  const problems = new Problems(plainDocument({}, 'at'))
  t.same(readSection(tree, { filter: given.filter }, ['one'], problems), {
    filter: given.filter,
    tests: { none: true },
  })
  problems.throwIfAny()
  readSection(tree, given, ['one'], problems)
  t.throws(() => problems.throwIfAny(), /one\.tests: has no value/)
})
