import fc from 'fast-check'
import t from 'tap'
import type { Block } from '../../src/core.ts'
import { Headers } from '../../src/syslog/message.ts'
import type { Wire } from '../../src/syslog/receivers.ts'
import { Messages } from '../../src/syslog/wire.ts'
import { blockOf, cefLine, recorder } from '../helpers/sink.ts'

const headers = new Headers({
  format: 'rfc3164',
  facility: 20,
  hostname: 'auditor',
  appName: 'cefline',
  timezone: 'UTC',
})
const head = '<164>Jan  8 11:07:53 auditor '
const wire: Wire = {
  format: 'rfc3164',
  framing: 'lf',
  maxBytes: 2048,
  lengths: false,
  equals: 'escape',
  clashes: 'keep',
}

function messagesOf(block: Block, some: Partial<Wire> = {}) {
  const seen = recorder()
  const sent: string[] = []
  const messages = new Messages({
    headers,
    wire: { ...wire, ...some },
    time: 'event',
    place: 'destinations.siem',
  })
  messages.each(
    block,
    (...rejected) => seen.reject(...rejected),
    (header, text, start, end) => sent.push(header.toString() + text.toString('utf8', start, end)),
  )
  return { sent, rejects: seen.rejects }
}

t.test('lines pass as they are', (t) => {
  const lines = [cefLine(1), cefLine(2, 'a\\=b äöü 漢 😀'), cefLine(3)]
  t.same(messagesOf(blockOf(1, lines)), { sent: lines.map((line) => head + line), rejects: [] })
  t.end()
})

t.test('the header’s time is the event’s or that of sending', (t) => {
  const block = blockOf(1, [cefLine(1)], { time: 0 })
  const times: string[] = []
  for (const time of ['event', 'sent'] as const) {
    const messages = new Messages({ headers, wire, time, place: 'destinations.siem' })
    messages.each(
      block,
      () => {},
      (header) => times.push(header.toString()),
    )
  }
  t.equal(times[0], '<164>Jan  1 00:00:00 auditor ')
  t.not(times[1], times[0])
  t.end()
})

t.test('a line that is too long is cut, sent and reported', (t) => {
  const long = cefLine(2, 'é'.repeat(3000))
  const { sent, rejects } = messagesOf(blockOf(7, [cefLine(1), long, cefLine(3)]))
  t.equal(sent.length, 3)
  t.ok(Buffer.byteLength(sent[1] ?? '') <= 2048)
  t.match(sent[1], /externalId=2 msg=é+/)
  t.match(rejects, [
    { sequence: 7, line: 1, code: 'cut', reason: /^msg cut .*2048 bytes.*maxBytes/ },
  ])
  t.end()
})

t.test('a line that cannot be cut is reported and not sent', (t) => {
  const { sent, rejects } = messagesOf(blockOf(7, ['x'.repeat(3000), cefLine(2)]))
  t.same(sent, [head + cefLine(2)])
  t.match(rejects, [{ sequence: 7, line: 0, code: 'too-large', reason: /2048 bytes/ }])
  t.end()
})

t.test('the limit holds to the byte', (t) => {
  const line = cefLine(1, 'x'.repeat(500))
  const exact = head.length + line.length
  t.same(messagesOf(blockOf(1, [line]), { maxBytes: exact }).rejects, [])
  const { sent, rejects } = messagesOf(blockOf(1, [line]), { maxBytes: exact - 1 })
  t.equal(rejects[0]?.code, 'cut')
  t.ok((sent[0]?.length ?? 0) < exact)
  t.end()
})

t.test(
  'equals signs are substituted where the receiver wants it, in every line that has one',
  (t) => {
    const lines = [cefLine(1), cefLine(2, 'a\\=b'), cefLine(3), cefLine(4, 'c\\=d'), cefLine(5)]
    const { sent, rejects } = messagesOf(blockOf(1, lines), { equals: 'substitute' })
    t.same(
      sent,
      lines.map((line) => head + line.replace('\\=', '\uff1d')),
    )
    t.same(rejects, [])
    const nested = cefLine(1, 'relayed CEF:0 line')
    t.notMatch(
      messagesOf(blockOf(1, [cefLine(0), nested]), { equals: 'substitute' }).sent[1],
      / CEF:0 l/,
    )
    t.end()
  },
)

t.test('the fast way gives what the slow way gives', (t) => {
  const value = fc.constantFrom('plain', 'a\\=b', 'x CEF:0 y', '漢字', 'CEF:', 'y'.repeat(300))
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 12 }), (values) => {
      const lines = values.map((text, index) => cefLine(index, text))
      const together = messagesOf(blockOf(1, lines), { equals: 'substitute', maxBytes: 300 })
      const alone = lines.map((line) => {
        return messagesOf(blockOf(1, [line]), { equals: 'substitute', maxBytes: 300 }).sent[0]
      })
      t.same(together.sent, alone)
      t.notOk(together.sent.some((text) => Buffer.byteLength(text) > 300 || text.includes('\\=')))
    }),
    { numRuns: 50 },
  )
  t.end()
})

t.test('lengths of the dictionary cut where the receiver wants it', (t) => {
  const { sent, rejects } = messagesOf(
    blockOf(1, [cefLine(Number('1'.repeat(15)), 'y'.repeat(1100))]),
    {
      lengths: true,
    },
  )
  t.match(sent[0], /msg=y{1000,1023}/)
  t.notMatch(sent[0], /y{1024}/)
  t.match(rejects, [{ code: 'cut', reason: /^msg cut to keep the dictionary’s lengths/ }])
  t.end()
})

t.test('one message, for preview', (t) => {
  const messages = new Messages({ headers, wire, time: 'event', place: 'destinations.siem' })
  t.equal(
    messages.one(cefLine(1), Date.UTC(2026, 0, 8, 11, 7, 53), 5).toString(),
    head + cefLine(1),
  )
  t.equal(messages.one('x'.repeat(5000), 0, 5).length, 0)
  t.end()
})

t.test('Cado’s keys are renamed where the receiver wants it', (t) => {
  const cado =
    'CEF:0|CadoSecurity|CadoResponse|1.0.2|0|n|1| evidence_id=2 type=Creation Time eventId=Q5FB'
  const lines = [cefLine(1), cado, cefLine(3)]
  t.same(
    messagesOf(blockOf(1, lines)).sent,
    lines.map((line) => head + line),
  )
  t.same(messagesOf(blockOf(1, lines), { clashes: 'rename' }), {
    sent: [
      head + cefLine(1),
      `${head}${cado.slice(0, cado.indexOf(' evidence_id'))} evidence_id=2 ` +
        'CadoResponseType=Creation Time CadoResponseEventId=Q5FB',
      head + cefLine(3),
    ],
    rejects: [],
  })
  const { sent } = messagesOf(blockOf(1, lines), { clashes: 'rename-all' })
  t.match(sent[1], / CadoResponseEvidenceId=2 CadoResponseType=/)
  t.end()
})
