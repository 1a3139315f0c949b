import t from 'tap'
import { readHttpUrl, refuseTimes } from '../../src/http/options.ts'

const words = { example: 'https://host', userinfo: 'put them into x', secret: 'token' }
const read = (url: string, allowPlainHttp = false) =>
  readHttpUrl({ url, allowPlainHttp }, words, 'sources.a')

t.test('addresses', async (t) => {
  t.equal(read('https://host/path/').href, 'https://host/path/')
  t.equal(read('http://host', true).href, 'http://host/')
})

t.test('addresses that are refused, with what would be right', async (t) => {
  const table: [string, RegExp][] = [
    ['host', /^sources\.a\.url is “host”, no https address; write https:\/\/host$/],
    ['ftp://host', /no https address/],
    ['https://user:secret@host', /holds a user or password; put them into x/],
    ['https://host/?a=1', /query or fragment; write only https:\/\/host/],
    ['http://host', /can read the token; use https, or set sources\.a\.allowPlainHttp: true/],
  ]
  for (const [url, message] of table) {
    const thrown = t.throws(() => read(url), { code: 'config', message }, url)
    t.notMatch(String(thrown), /secret@/)
  }
})

t.test('times', async (t) => {
  refuseTimes({ interval: 1, timeout: 2 ** 31 - 1 }, 'a')
  for (const timeout of [0, -1, 2 ** 31, Number.NaN]) {
    t.throws(() => refuseTimes({ timeout }, 'a'), { code: 'config', message: /^a\.timeout is / })
  }
})
