import t from 'tap'
import { readPage } from '../../src/netwrix/page.ts'

const read = (text: string, type: string | undefined = 'application/json') =>
  readPage(Buffer.from(text), type, 'https://a.example', (shown) => shown.slice(0, 40))

t.test('pages', async (t) => {
  const one = { RID: '1' }
  const table: [text: string, records: unknown[], mark: string | undefined][] = [
    ['{"ActivityRecordList":[{"RID":"1"}],"ContinuationMark":"m"}', [one], 'm'],
    ['{"ContinuationMark":"m","ActivityRecordsList":[{"RID":"1"}]}', [one], 'm'],
    ['{"ActivityRecordList":{"RID":"1"},"ContinuationMark":"m"}', [one], 'm'],
    ['{"ActivityRecordList":{"ActivityRecord":[{"RID":"1"}],"ContinuationMark":"m"}}', [one], 'm'],
    ['{"ActivityRecordList":{"ActivityRecord":{"RID":"1"}},"ContinuationMark":"m"}', [one], 'm'],
    ['{"ActivityRecordList":{"ContinuationMark":"m"}}', [], 'm'],
    ['{"ActivityRecordList":[],"ContinuationMark":"m"}', [], 'm'],
    ['{"ActivityRecordList":[]}', [], undefined],
    ['{"ActivityRecordList":null,"ContinuationMark":null}', [], undefined],
    ['{"ActivityRecordList":{},"ContinuationMark":" "}', [], undefined],
    ['{"ActivityRecordList":"","ContinuationMark":7}', [], undefined],
    ['{"ContinuationMark":"m"}', [], 'm'],
    ['\ufeff{"ActivityRecordList":[{"RID":"1"}],"New":{"Field":[]}}', [one], undefined],
    ['{"ActivityRecordList":[null,"x",[1]]}', [null, 'x', [1]], undefined],
  ]
  for (const [text, records, mark] of table) t.strictSame(read(text), { records, mark }, text)
})

t.test('content types', async (t) => {
  const page = '{"ActivityRecordList":[]}'
  for (const type of ['application/json', 'Application/JSON; charset=utf-8', 'text/json']) {
    t.same(read(page, type).records, [], type)
  }
  const bytes = Buffer.from(page)
  t.same(readPage(bytes, undefined, 'https://a.example', String).records, [], 'none at all')
  t.throws(() => read(page, 'text/html'), { code: 'bad-answer', message: /text\/html where JSON/ })
})

t.test('what is no page is never taken for an empty one', async (t) => {
  for (const text of [
    '',
    '{',
    '[]',
    '{}',
    'null',
    '7',
    '{"ErrorList":[]}',
    '{"ActivityRecordList":5}',
  ]) {
    t.throws(
      () => read(text),
      { code: 'bad-answer', message: /^https:\/\/a\.example answered/ },
      text,
    )
  }
})
