/**
 * What the SIEM is told of sources and destinations, by the events that the loops report.
 */
import { PassThrough } from 'node:stream'
import t from 'tap'
import { noLines } from '../../src/io/lines.ts'
import { error } from '../../src/error.ts'
import { Events } from '../../src/telemetry/events.ts'
import { createLog, lastLines } from '../../src/telemetry/log.ts'
import { Metrics } from '../../src/telemetry/metrics.ts'
import { tellable } from '../../src/telemetry/without-values.ts'

function newEvents(now?: () => number) {
  const log = createLog({ level: 'debug', format: 'json' }, new PassThrough().resume())
  const events = new Events(log, new Metrics('1'), now)
  const told = () => events.own.rest().map(({ kind, component }) => `${kind} ${component}`)
  return { events, told }
}

const batch = { read: 1, lines: noLines, rejects: [], ignored: 1 }
const appended = { spooled: 0, alreadyGiven: 0, rejected: 0 }

t.test('a destination is lost once, however often it is tried', async (t) => {
  const { events, told } = newEvents()
  const siem = events.destination('siem')
  siem.connected('tcp://a')
  t.same(told(), [], 'a first connection is nothing new')
  for (let tries = 0; tries < 3; tries += 1) siem.destinationFailed(error('lost', 'is gone'), 500)
  t.same(told(), ['destination-lost siem'])
  events.destination('siem').connected('tcp://a')
  t.same(told(), ['destination-lost siem', 'destination-back siem'])
  t.match(events.own.rest()[1]?.message, /^connected to tcp:\/\/a, after 0 s$/)
})

t.test('another reason of the same outage is told, with its cure', async (t) => {
  let now = 0
  const { events, told } = newEvents(() => now)
  const siem = events.destination('siem')
  const reasons = () => events.own.rest().map(({ message }) => message)
  siem.destinationFailed(error('refused', 'refused: start it'), 500)
  now = 61_000
  for (let tries = 0; tries < 3; tries += 1) {
    siem.destinationFailed(error('tls', 'has an expired certificate: renew it'), 500)
    siem.destinationFailed(error('refused', 'refused: start it'), 500)
  }
  t.same(reasons(), ['refused: start it', 'has an expired certificate: renew it'])
  siem.destinationFailed(error('lost', 'closes at once: does it want TLS?'), 500)
  t.equal(reasons().length, 2, 'one a minute')
  events.telling.flush()
  t.equal(reasons().at(-1), 'closes at once: does it want TLS?', 'no count: it was lost once')
  for (let number = 0; number < 20; number += 1) {
    now += 61_000
    siem.destinationFailed(error('timeout', `took nothing for ${number} s`), 500)
  }
  t.equal(reasons().length, 5, 'bounded')
  siem.connected('tcp://a')
  now += 61_000
  siem.destinationFailed(error('refused', 'refused: start it'), 500)
  t.same(told().slice(-2), ['destination-back siem', 'destination-lost siem'])
  const alerts = events.source('alerts')
  alerts.sourceFailed(error('timeout', 'no answer'), 500)
  now += 61_000
  alerts.sourceFailed(error('unauthorized', 'wrong password'), 500)
  t.match(events.own.rest().at(-1), { kind: 'source-failed', code: 'unauthorized' })
})

t.test('the hint of one that is connected and broken again and again', async (t) => {
  const { events, told } = newEvents(() => 0)
  const siem = events.destination('siem')
  for (const message of ['closed', 'closed', 'closes at once: does it want TLS?']) {
    siem.connected('tcp://a')
    siem.destinationFailed(error('lost', message), 500)
  }
  events.telling.flush()
  const kinds = told().map((one) => one.replace('destination-', ''))
  t.same(kinds, ['lost siem', 'back siem', 'back siem', 'lost siem'], 'how it stands comes last')
  t.match(events.own.rest().at(-1)?.message, /^closes at once: does it want TLS\? \(2 times/)
})

t.test('a source fails once, and reads again', async (t) => {
  const { events, told } = newEvents()
  const source = events.source('alerts')
  source.sourceFailed(error('record', 'record 3: "secret" is none'), 500)
  source.sourceFailed(error('record', 'record 3: "other" is none'), 1000)
  t.same(told(), ['source-failed alerts'])
  t.match(events.own.rest()[0], { code: 'record', message: 'record 3: "…" is none' })
  source.collected(batch, appended)
  source.collected(batch, appended)
  t.same(told(), ['source-failed alerts', 'source-back alerts'])
})

t.test('a source is silent, and heard', async (t) => {
  let now = 0
  const { events, told } = newEvents(() => now)
  const source = events.source('alerts')
  source.collected(batch, appended)
  now = 5 * 3_600_000
  source.look(3_600_000)
  source.look(3_600_000)
  t.same(told(), ['source-silent alerts'])
  source.collected(batch, appended)
  t.same(told(), ['source-silent alerts', 'source-heard alerts'])
  t.match(events.own.rest()[1]?.message, 'gives records again, after 5 h')
})

t.test('the source of own events does not tell of itself', async (t) => {
  const { events, told } = newEvents()
  events.source('cefline').sourceFailed(error('spool-failed', 'x'), 500)
  t.same(told(), [])
})

t.test('what could not be kept is counted', async (t) => {
  const { events } = newEvents()
  for (let count = 0; count < 1003; count += 1) events.telling.tell('test', { message: 'x' })
  t.equal(events.own.rest().length, 1000)
  t.match(events.own.rest()[0]?.message, 'before this 3 events')
  t.match(lastLines(events.log).at(-1), /the spool takes no events of Cefline's own.*\(test\)/)
  const text = await events.metrics.registry.metrics()
  t.match(text, /cefline_own_events_left_out_total 3\n/)
  t.match(text, /cefline_own_events_total\{kind="test"\} 1003\n/)
})

t.test('errors as they are told: without what they quote', async (t) => {
  t.equal(tellable('network', 'https://h is "busy"'), 'https://h is "busy"')
  t.equal(tellable('bad-answer', 'got "a record"'), 'got "…"')
  t.equal(tellable('config', 'a: "x" is bad\nb: "y" is worse'), 'a: "…" is bad; b: "…" is worse')
})
