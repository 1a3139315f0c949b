import { join } from 'node:path'
import t from 'tap'
import { unusable } from '../../src/config/document.ts'
import { interpolate } from '../../src/config/interpolate.ts'

const cwd = t.testdir({
  secret: 's3cret\n',
  crlf: 's3cret\r\n',
  lines: 'a\nb\n\n',
  bom: '\ufeffx',
  empty: '\n',
  folder: {},
  latin1: Buffer.from([0x70, 0xe4]),
  large: 'x'.repeat(1024 * 1024 + 1),
})
const env = { NAME: 'value', EMPTY: '', TEMPLATE: '${env:NAME}' }

/** What becomes of a text, or with a ! in front what is said of it. */
function fill(text: string): unknown {
  const faults: string[] = []
  const { value } = interpolate({ a: text }, { env, cwd }, (path, fault) => {
    t.same(path, ['a'])
    faults.push(fault)
  })
  if (faults.length === 0) return (value as { a: string }).a
  t.equal((value as { a: unknown }).a, unusable)
  return `!${faults.join()}`
}

const unknown =
  'has a ${…} that is not known; write ${env:NAME} or ${file:/path}, or $${ for the characters themselves'

for (const [text, filled] of [
  ['plain', 'plain'],
  ['$5 {x} $', '$5 {x} $'],
  ['${env:NAME}', 'value'],
  ['a-${env:NAME}-${env:NAME}', 'a-value-value'],
  ['${env:TEMPLATE}', '${env:NAME}'],
  ['$${env:NAME}', '${env:NAME}'],
  ['pa$${ss', 'pa${ss'],
  ['$$${env:NAME}', '$${env:NAME}'],
  ['${file:secret}', 's3cret'],
  [`\${file:${join(cwd, 'secret')}}`, 's3cret'],
  ['${file:crlf}', 's3cret'],
  ['${file:lines}', 'a\nb\n'],
  ['${file:bom}', 'x'],
  ['${env:MISSING}', '!${env:MISSING}: the environment variable MISSING is not set; set it'],
  ['${env:EMPTY}', '!${env:EMPTY}: the environment variable EMPTY is empty; set it'],
  ['${env:toString}', '!${env:toString}: the environment variable toString is not set; set it'],
  [
    '${file:nowhere}',
    '!${file:nowhere}: the file cannot be read: there is no such file; create it or correct the path',
  ],
  [
    '${file:secret/x}',
    '!${file:secret/x}: the file cannot be read: there is no such file; create it or correct the path',
  ],
  ['${file:folder}', '!${file:folder}: the file cannot be read: it is a folder'],
  ['${file:empty}', '!${file:empty}: the file is empty'],
  ['${file:latin1}', '!${file:latin1}: the file is not UTF-8; save it as UTF-8'],
  ['${file:large}', '!${file:large}: the file is larger than 1048576 bytes; is the path right?'],
  ['${hunter2}', `!${unknown}`],
  ['${}', `!${unknown}`],
  ['${env:}', `!${unknown}`],
  ['x${env:NAME', '!has a ${ without its }; close it, or write $${ for the characters themselves'],
] as const) {
  t.equal(fill(text), filled, text)
}

t.test('every text of a tree, and no key', async (t) => {
  const tree = { '${env:NAME}': ['${env:NAME}', 1, true, null, { b: 'x${env:NAME}' }] }
  const { value, templates, asked } = interpolate(tree, { env, cwd }, () => t.fail())
  t.same(value, { '${env:NAME}': ['value', 1, true, null, { b: 'xvalue' }] })
  t.equal(templates.size, 2)
  t.same(asked, new Set(['NAME']))
})
