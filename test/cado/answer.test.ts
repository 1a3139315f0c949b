import t from 'tap'
import { listOf, readAnswer, wholeOf } from '../../src/cado/answer.ts'

const read = (text: string) =>
  readAnswer(Buffer.from(text), 'https://x.example/a', (shown) => shown)

t.test('an answer', async (t) => {
  t.same(read('{"status":"success","data":[1],"pagination":{"type":"page"}}'), {
    data: [1],
    pagination: { type: 'page' },
  })
  t.same(read('{"data":{}}'), { data: {}, pagination: {} })
  t.same(read('{"data":null,"pagination":[]}'), { data: null, pagination: {} })
})

t.test('a token that stands where the text is cut is masked all the same', async (t) => {
  const show = (text: string) => text.replaceAll('secret-token', '****')
  for (const text of [
    `<p>${'x'.repeat(190)}secret-token`,
    `{"x":"${'x'.repeat(186)}secret-token"}`,
  ]) {
    const thrown = t.throws(() => readAnswer(Buffer.from(text), 'https://x.example/a', show))
    t.notMatch(String(thrown), /secr/)
  }
})

t.test('what is none', async (t) => {
  const table: [string, RegExp][] = [
    ['', /something else than JSON \(nothing\)/],
    ['<!DOCTYPE html>', /something else than JSON \(<!DOCTYPE/],
    ['"text"', /something else than JSON/],
    ['[1]', /not whole/],
    ['{"data":[1', /JSON that is not whole/],
    ['{"status":"success"}', /without data/],
    ['{"status":"error","message":"Later"}', /200 with an error: Later/],
  ]
  for (const [text, message] of table) {
    t.throws(() => read(text), { code: 'bad-answer', message }, text)
  }
  t.throws(() => listOf(read('{"data":{}}'), 'here'), { code: 'bad-answer', message: /no list/ })
})

t.test('whole numbers', async (t) => {
  const table: [unknown, number | undefined][] = [
    [12, 12],
    ['12', 12],
    ['', undefined],
    ['-1', undefined],
    [1.5, undefined],
    [null, undefined],
    [2 ** 53, undefined],
  ]
  for (const [value, number] of table) t.equal(wholeOf(value), number)
})
