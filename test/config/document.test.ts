import t from 'tap'
import { dotted, overlay, parseFile, plainDocument } from '../../src/config/document.ts'

/** The value, or with a ! in front what is wrong with the file. */
function read(text: string): unknown {
  try {
    return parseFile(text, 'f.yaml').value
  } catch (thrown) {
    t.equal((thrown as { code?: string }).code, 'config')
    return `!${(thrown as Error).message}`
  }
}

t.test('what is YAML 1.2, and JSON', async (t) => {
  for (const [text, value] of [
    ['a: { b: 1 }', { a: { b: 1 } }],
    ['{\n\t"a": {\n\t\t"b": [1, "x"]\n\t}\n}\n', { a: { b: [1, 'x'] } }],
    ['\ufeffa: 1\r\nb: 2\r\n', { a: 1, b: 2 }],
    [
      'a: yes\nb: on\nc: 012\nd: 10GB\ne: 1_000',
      { a: 'yes', b: 'on', c: 12, d: '10GB', e: '1_000' },
    ],
    ["a: 'E\\siem'", { a: 'E\\siem' }],
    ['1: x', { 1: 'x' }],
    ['a: &x { b: 1 }\nc: *x', { a: { b: 1 }, c: { b: 1 } }],
    ['<<: { a: 1 }', { '<<': { a: 1 } }],
    ['', null],
  ] as const) {
    t.same(read(text), value, text)
  }
})

t.test('what is wrong, with line and column, and nothing of a value', async (t) => {
  for (const [text, fault] of [
    ['a: 1\nb: 2\na: 3', 'f.yaml:3:1 the key a is there twice in one map; keep one of them'],
    ['{ "a": 1, "a": 2 }', 'f.yaml:1:11 the key "a" is there twice in one map; keep one of them'],
    ['a:\n\tb: 1', 'f.yaml:2:1 a tab is no indentation; use spaces'],
    ['a: 1\n---\nb: 1', 'f.yaml:2:1 a second document begins; keep one in a file'],
    ['? [a]\n: b', 'f.yaml:1:3 a key is not a text; write a plain name'],
    ['a: *hunter2', 'f.yaml:1:4 a value that begins with * is an alias; put it in quotes'],
    ['a: &x { b: *x }', 'f.yaml:1:12 an alias stands within what it means'],
    [
      'a: !hunter2 x',
      'f.yaml:1:4 a tag (!…) has no meaning here; put a value that begins with ! in quotes',
    ],
    ['a: "E\\siem"', 'f.yaml:1:6 a backslash in double quotes begins an escape; use single quotes'],
    ['a: @hunter2', 'f.yaml:1:4 a value cannot begin with this character; put it in quotes'],
    [
      'a: b: hunter2',
      'f.yaml:1:4 a value holds a colon and a space, or is indented wrongly; put it in quotes',
    ],
    ['a: 1\nhunter2', 'f.yaml:2:1 a key has no value; write a colon and a space after it'],
    ['a: "hunter2', 'f.yaml:1:12 a quote is not closed'],
    ['a: "x" hunter2', 'f.yaml:1:8 is not YAML: Unexpected scalar at node end'],
    ['a: >hunter2', 'f.yaml:1:5 is not YAML: Block scalar header includes extra characters'],
    [
      '%hunter2 x\n---\na: 1',
      'f.yaml:1:1 a line that begins with % is a directive; put the value in quotes',
    ],
    [
      'a: 1\na: 2\nb: @x',
      'f.yaml:2:1 the key a is there twice in one map; keep one of them\n' +
        'f.yaml:3:4 a value cannot begin with this character; put it in quotes',
    ],
  ] as const) {
    t.equal(read(text), `!${fault}`, text)
  }
  const many = (of: string) => `[${Array(12).fill(of).join()}]`
  const bomb = `a: &a ${many('x')}\nb: &b ${many('*a')}\nc: &c ${many('*b')}\nd: ${many('*c')}`
  t.equal(read(bomb), '!f.yaml: has too many aliases; write the values out in their place')
})

t.test('places', async (t) => {
  const document = parseFile(
    '# comment\na:\n  b: { c: 1,\n    d: 2 }\nlist:\n  - x\n  - y\nshared: &s\n  k: 1\nuse: *s\n',
    'f.yaml',
  )
  for (const [path, line] of [
    [[], 2],
    [['a'], 2],
    [['a', 'b', 'c'], 3],
    [['a', 'b', 'd'], 4],
    [['a', 'b', 'missing', 'deeper'], 3],
    [['list', '1'], 7],
    [['use', 'k'], 9],
    [['missing'], 2],
  ] as [string[], number][]) {
    t.equal(document.line(path), line, path.join('.'))
    const key = path.length === 0 ? '' : ` ${path.join('.')}`
    t.equal(document.place(path), `f.yaml:${line}${key}`)
  }
  t.equal(parseFile('', 'f.yaml').place(['sources']), 'f.yaml:1 sources')
  t.equal(plainDocument({}, 'base').place([]), 'base')
  t.equal(dotted(['a', 'b c', 'd.e']), 'a."b c".d.e')
})

t.test('values put over a document', async (t) => {
  const base = plainDocument({ spool: { folder: 'a', maxBytes: 1 }, log: 'x' }, 'base')
  const document = overlay(base, [
    { path: ['spool', 'folder'], value: 'b', place: 'DATA_FOLDER' },
    { path: ['status', 'listen'], value: 'c', place: 'STATUS_LISTEN' },
    { path: ['log', 'level'], value: 'd', place: 'LOG_LEVEL' },
  ])
  t.same(document.value, {
    spool: { folder: 'b', maxBytes: 1 },
    log: 'x',
    status: { listen: 'c' },
  })
  t.equal(document.place(['spool', 'folder']), 'DATA_FOLDER')
  t.equal(document.place(['spool', 'maxBytes']), 'base spool.maxBytes')
  t.same(base.value, { spool: { folder: 'a', maxBytes: 1 }, log: 'x' }, 'it is left as it was')
  const list = overlay(plainDocument([1], 'base'), [{ path: ['a'], value: 1, place: 'A' }])
  t.same(list.value, [1], 'what is no map stays')
})
