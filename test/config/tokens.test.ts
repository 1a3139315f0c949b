import t from 'tap'
import { resolveConfiguration } from '../../src/config/load.ts'
import { redacted } from '../../src/config/redacted.ts'
import { tables } from './tables-fixture.ts'

const read = (status: object) =>
  resolveConfiguration(
    {
      status,
      sources: { a: { type: 'netwrix-api', url: 'https://a:1', username: 'u', password: 'p' } },
      destinations: { siem: { type: 'syslog', url: 'tls://sensor:6514' } },
    },
    { origin: 'test', tables },
  )

t.test('names and tokens, never shown', async (t) => {
  const tokens = { jane: 'hunter2', 'ci.grafana-1': 'hunter3' }
  const configuration = read({ token: 'hunter1', tokens })
  t.strictSame(configuration.status.tokens, tokens)
  t.notMatch(JSON.stringify(redacted(configuration, tables)), /hunter/)
  t.equal(read({}).status.tokens, null)
  t.equal(read({ tokens: {} }).status.tokens, null)
  t.equal(read({ tokens: null }).status.tokens, null)
})

t.test('what is wrong is told, without the token', async (t) => {
  for (const [status, problem] of [
    [{ tokens: 'hunter2' }, /status\.tokens: is not a map/],
    [{ tokens: ['hunter2'] }, /status\.tokens: is not a map/],
    [{ tokens: { 'a b': 'hunter2' } }, /is not a name for a token/],
    [{ tokens: { token: 'hunter2' } }, /status\.tokens\.token: is not a name for a token/],
    [{ tokens: { jane: '' } }, /status\.tokens\.jane: \*{4} is not a token; write a text/],
    [{ tokens: { jane: 12345 } }, /status\.tokens\.jane: \*{4} is not a token/],
    [{ tokens: { jane: null } }, /status\.tokens\.jane: \*{4} is not a token/],
    [{ tokens: { jane: { hunter2: 1 } } }, /status\.tokens\.jane: \*{4} is not a token/],
    [
      { tokens: { jane: 'hunter2', joe: 'hunter2' } },
      /status\.tokens\.joe: is the token of another/,
    ],
    [{ token: 'hunter2', tokens: { jane: 'hunter2' } }, /jane: is the token of another name/],
  ] as const) {
    const thrown = t.throws(() => read(status), { code: 'config', message: problem })
    t.notMatch(String((thrown as Error).message), /hunter2|12345/)
  }
})
