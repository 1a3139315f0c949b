/**
 * What `cefline preview` takes for activity records: the API's pages and single records, in JSON or
 * XML, in any encoding that a program on Windows saves them in.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { preview } from '../../src/commands/preview.ts'
import { printed } from './helpers.ts'

const fields = {
  RID: '1',
  Action: 'Added',
  ObjectType: 'user',
  Who: 'a & b',
  What: 'c',
  When: '2026-11-22T00:00:00Z',
}
const record = Object.entries(fields)
  .map(([name, value]) => `<${name}>${value.replace('&', '&amp;')}</${name}>`)
  .join('')
const element = `<ActivityRecord>\r\n${record}</ActivityRecord>`
const page =
  '<?xml version="1.0" standalone="yes"?>\r\n<ActivityRecordList ' +
  'xmlns="http://schemas.netwrix.com/api/v1/activity_records/">' +
  `<ContinuationMark>PG5y</ContinuationMark>${element}${element}</ActivityRecordList>`

function previewOf(t: Test, content: string | Buffer): Promise<{ code: number; text: string }> {
  const configuration = {
    sources: { alerts: { type: 'netwrix-alerts', folder: './drop' } },
    destinations: { out: { type: 'console' } },
  }
  const folder = t.testdir({ 'cefline.json': JSON.stringify(configuration) })
  const file = join(folder, 'records')
  writeFileSync(file, content)
  return printed(t, () =>
    preview({ config: join(folder, 'cefline.json'), files: [file], json: true }),
  )
}

for (const [name, content, events] of [
  ['one in JSON', JSON.stringify(fields), 1],
  ['JSON in UTF-16', Buffer.from(`\ufeff${JSON.stringify([fields, fields])}`, 'utf16le'), 2],
  ['a page in XML', page, 2],
  ['one in XML', `\ufeff\n${element}`, 1],
  ['XML in UTF-16', Buffer.from(`\ufeff${page}`, 'utf16le'), 2],
  ['XML in UTF-16 without its mark', Buffer.from(page, 'utf16le'), 2],
] as const) {
  t.test(name, async (t) => {
    const { code, text } = await previewOf(t, content)
    t.equal(code, 0)
    const lines = text.trim().split('\n')
    t.equal(lines.length, events)
    for (const line of lines) {
      t.match(JSON.parse(line), { record: { Who: 'a & b' }, cef: /\|Added user\|.*suser=a & b/ })
    }
  })
}

for (const [name, content, message] of [
  ['XML that is cut', page.slice(0, -20), /records is not XML of activity records: /],
  ['HTML', '<html><p>Sign in</p></html>', /records: its <html> is neither an ActivityRecordList/],
  ['JSON that is cut', '{"RID":', /records is not JSON: /],
] as const) {
  t.test(name, async (t) => {
    await t.rejects(previewOf(t, content), { code: 'bad-answer', message })
  })
}

t.test('what is no JSON is not quoted where the mapping hides values', async (t) => {
  const content = '{"RID":"1","Who":"jane","What":jane.secret}'
  for (const [privacy, message] of [
    [{ fields: { Who: 'drop' } }, /^(?!.*(jane|secret)).*records is not JSON: /],
    [undefined, /records is not JSON: .*jane/],
  ] as const) {
    const folder = t.testdir({
      records: content,
      'cefline.json': JSON.stringify({
        sources: {
          activity: {
            type: 'netwrix-api',
            url: 'https://auditor.example.com:9699',
            username: 'siem',
            password: 'p',
            ...(privacy ? { mapping: { privacy } } : {}),
          },
        },
        destinations: { out: { type: 'console' } },
      }),
    })
    await t.rejects(
      preview({ config: join(folder, 'cefline.json'), files: [join(folder, 'records')] }),
      { code: 'bad-answer', message },
    )
  }
})
