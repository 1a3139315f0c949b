import t from 'tap'
import type { CheckStep } from '../../src/core.ts'
import { schema } from '../../src/destinations/syslog.ts'
import { freePort } from '../helpers/daemon.ts'
import { cefLine, startSink } from '../helpers/sink.ts'
import { syslogOptions, syslogTo } from '../helpers/syslog-options.ts'
import type { Some } from '../helpers/syslog-options.ts'

const time = Date.UTC(2026, 0, 8, 11, 7, 53, 42)

async function steps(url: string | string[], options: Some = {}): Promise<CheckStep[]> {
  const seen: CheckStep[] = []
  for await (const step of syslogTo(url, options).check(new AbortController().signal, true)) {
    seen.push(step)
  }
  return seen
}

t.test('a frame for preview is what is sent', (t) => {
  const frame = (url: string, options?: Some) =>
    syslogTo(url, options).frame(cefLine(1), time, 9).toString()
  const cef = cefLine(1)
  const old = `<162>Jan  8 11:07:53 auditor ${cef}`
  const current = `<162>1 2026-01-08T11:07:53.042Z auditor.example.com cefline - - - ${cef}`
  t.equal(frame('udp://siem'), old)
  t.equal(frame('tcp://siem'), `${old}\n`)
  t.equal(frame('tls://siem'), `${current.length} ${current}`)
  t.equal(frame('tls://siem:6514', { receiver: 'usm-anywhere' }), `${old}\n`)
  t.equal(frame('tls://siem:6515', { receiver: 'usm-anywhere' }), `${current}\n`)
  t.equal(
    frame('tcp://siem', { framing: 'nul', facility: 'local0' }),
    `${old.replace('162', '130')}\0`,
  )
  t.match(frame('tcp://siem', { timezone: 'Europe/Berlin' }), '<162>Jan  8 12:07:53 ')
  t.end()
})

t.test('options that do not go together name themselves and the cure', (t) => {
  const rows: [url: string | string[], options: Some, message: RegExp][] = [
    ['tcp://siem', { timezone: 'Nowhere' }, /destinations\.siem\.timezone/],
    ['tcp://siem', { facility: 'local9' }, /facility is “local9”.*local4/],
    ['tcp://siem', { maxBytes: 100 }, /maxBytes is 100: give 480 to/],
    ['udp://siem', { maxBytes: 70_000 }, /maxBytes is 70000: give 480 to 65507/],
    [['tcp://siem', 'udp://siem'], { maxBytes: 70_000 }, /maxBytes is 70000: give 480 to 65507/],
    [['tls://siem', 'tls://SIEM:6514'], {}, /siem\.url names tls:\/\/siem:6514 twice/],
    [['tcp://siem', 'http://siem'], {}, /siem\.url is “http:\/\/siem”/],
    [[], {}, /siem\.url is an empty list/],
    ['tcp://siem', { receiptWindow: 0 }, /receiptWindow is 0: .* receiptEvery: 0/],
  ]
  for (const [url, options, message] of rows) {
    t.throws(() => syslogTo(url, options), { code: 'config', message })
  }
  t.end()
})

t.test('check: each step with its milliseconds, up to the first that fails', async (t) => {
  const sink = await startSink(t)
  const good = await steps(`tcp://127.0.0.1:${sink.port}`)
  t.same(
    good.map(({ name, ok }) => [name, ok]),
    [
      ['config', true],
      ['hostname', true],
      ['dns', true],
      ['tcp', true],
    ],
  )
  t.match(good[0]?.detail, /rfc3164, lf, at most 8096 bytes/)
  for (const { milliseconds } of good) t.ok(Number.isFinite(milliseconds))

  const refused = await steps(`tcp://127.0.0.1:${await freePort()}`)
  t.match(refused.at(-1), { name: 'tcp', ok: false, detail: /nothing listens/ })
  t.match((await steps('tcp://no-such-host.invalid')).at(-1), { name: 'dns', ok: false })
  const noFile = await steps('tls://127.0.0.1', { tls: { ca: '/nowhere/ca.pem' } })
  t.match(noFile.at(-1), { name: 'certificates', ok: false, detail: /\/nowhere\/ca\.pem/ })
})

t.test(
  'check: with several urls each step names its own, and one that fails stops no other',
  async (t) => {
    const sink = await startSink(t)
    const urls = [`tcp://127.0.0.1:${await freePort()}`, `tcp://127.0.0.1:${sink.port}`]
    const seen = await steps([...urls, 'udp://127.0.0.1:514'])
    t.same(
      seen.map(({ name, ok }) => [name, ok]),
      [
        [`config (${urls[0]})`, true],
        ['hostname', true],
        [`dns (${urls[0]})`, true],
        [`tcp (${urls[0]})`, false],
        [`config (${urls[1]})`, true],
        [`dns (${urls[1]})`, true],
        [`tcp (${urls[1]})`, true],
        ['config (udp://127.0.0.1:514)', true],
        ['dns (udp://127.0.0.1:514)', true],
        ['udp (udp://127.0.0.1:514)', true],
      ],
    )
    t.notMatch(seen.at(-3)?.detail, /put it last/)
    const [udp] = await steps(['udp://127.0.0.1:514', ...urls])
    t.match(udp?.detail, /UDP hardly ever fails.*put it last/)
  },
)

t.test('the schema has what the options have', (t) => {
  t.same(Object.keys(schema).sort(), Object.keys(syslogOptions('tcp://siem')).sort())
  t.end()
})
