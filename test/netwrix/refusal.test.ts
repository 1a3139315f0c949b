import t from 'tap'
import { refusal, serverText } from '../../src/netwrix/refusal.ts'

t.test('what the server said', async (t) => {
  const table: [body: string, text: string][] = [
    ['', ''],
    ['{"ErrorList":[{"Category":"InputError","Description":"Bad count"}]}', 'InputError Bad count'],
    [
      '{"ErrorList":[{"Category":"A","Description":"b","Location":"c"},{"Category":"D"}]}',
      'A b c; D',
    ],
    ['{"ErrorList":{"Category":"A","Description":"b"}}', 'A b'],
    ['{"ErrorList":[null]}', '{"ErrorList":[null]}'],
    [
      '<ErrorList><Error><Category>XMLError</Category><Description>0xC0 End</Description></Error></ErrorList>',
      'XMLError 0xC0 End',
    ],
    [
      `\ufeff<?xml version="1.0" encoding="UTF-8" ?>
<ErrorList xmlns="http://schemas.netwrix.com/api/v1/">
  <Error>
    <Category>XMLError</Category><Description>0xC00CE56D End tag &apos;a&apos; &lt; b</Description>
  </Error>
  <Error><Category>InputError</Category><Location>FilterList</Location></Error>
</ErrorList>`,
      "XMLError 0xC00CE56D End tag 'a' < b; InputError FilterList",
    ],
    ['\ufeff{"ErrorList":[{"Category":"A"}]}', 'A'],
    ['<ErrorList/>', ''],
    [
      '<style>p {}</style><h2>Bad Request</h2>\r\n<p>Invalid Hostname</p>',
      'Bad Request Invalid Hostname',
    ],
    ['plain', 'plain'],
  ]
  for (const [body, text] of table) t.equal(serverText(body), text, body)
})

t.test('statuses', async (t) => {
  const asked = { place: 'https://a.example/x', username: 'u', show: (text: string) => text }
  const table: [status: number, code: string, wait: number | undefined][] = [
    [400, 'bad-request', 300_000],
    [401, 'unauthorized', 300_000],
    [403, 'forbidden', 300_000],
    [404, 'not-found', undefined],
    [405, 'bad-answer', undefined],
    [408, 'timeout', undefined],
    [429, 'server', 7000],
    [500, 'server', undefined],
    [502, 'server', undefined],
    [503, 'server', 7000],
    [504, 'timeout', undefined],
    [301, 'bad-answer', undefined],
    [204, 'bad-answer', undefined],
  ]
  for (const [status, code, wait] of table) {
    const made = refusal({ status, headers: { 'retry-after': '7' }, text: '' }, asked)
    t.match(made, { code, permanent: false, message: /^https:\/\/a\.example\/x answered/ })
    t.match(made.message, String(status))
    t.equal(made.retryAfter, wait, `${status}`)
  }
  for (const text of [
    '{"ErrorList":[{"Category":"InputError","Description":"Bad mark"}]}',
    '<ErrorList><Error><Category>InputError</Category><Description>Bad mark</Description></Error></ErrorList>',
  ]) {
    const own = refusal({ status: 400, headers: {}, text }, asked)
    t.match(own, { message: /400: InputError Bad mark\. The request was well formed/ })
    t.equal(own.retryAfter, Infinity, 'the API’s own does not pass by itself')
  }
})
