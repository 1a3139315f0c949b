import t from 'tap'
import { tables } from '../../src/components.ts'
import { resolveConfiguration } from '../../src/config/load.ts'

const sources = { alerts: { type: 'netwrix-alerts' }, disk: { type: 'timeline', folder: './t' } }
const bucket = { type: 's3', bucket: 'b' }
const resolve = (value: object) => resolveConfiguration(value, { origin: 'test', tables })
const names = (value: object) => resolve(value).sources.map(({ name }) => name)

t.test('the source of own events is there where a destination reads it', async (t) => {
  const all = { type: 'console' }
  const some = { type: 'console', from: ['alerts'] }
  const named = { type: 'console', from: ['cefline'] }
  const alerts = { alerts: sources.alerts }
  t.same(names({ sources: alerts, destinations: { all } }), ['alerts', 'cefline'])
  t.same(names({ sources: alerts, destinations: { some } }), ['alerts'], 'nobody reads it')
  t.same(names({ sources: alerts, destinations: { some, named } }), ['alerts', 'cefline'])
  t.same(names({ sources: { disk: sources.disk }, destinations: { bucket } }), ['disk'], 's3 not')
  const withS3 = { ...bucket, from: ['disk', 'cefline'] }
  t.same(names({ sources: { disk: sources.disk }, destinations: { withS3 } }), ['disk', 'cefline'])
  t.same(names({ own: { events: false }, sources: alerts, destinations: { all } }), ['alerts'])
})

t.test('its name is reserved', async (t) => {
  const value = { sources: { cefline: sources.alerts }, destinations: { all: { type: 'console' } } }
  t.throws(() => resolve(value), /sources\.cefline: is the name of Cefline’s own events/)
  const typed = {
    sources: { own: { type: 'cefline' } },
    destinations: { all: { type: 'console' } },
  }
  t.throws(() => resolve(typed), /sources\.own\.type: "cefline" is not one of netwrix-alerts/)
})

t.test('it does not stand for the sources that a destination was to read', async (t) => {
  const both = { disk: sources.disk }
  const value = { sources: both, destinations: { bucket, siem: { type: 'console' } } }
  t.throws(() => resolve(value), /destinations\.siem: it would get nothing/)
})

t.test('turned off, it cannot be named', async (t) => {
  const destinations = { siem: { type: 'console', from: ['alerts', 'cefline'] } }
  const value = { sources: { alerts: sources.alerts }, destinations }
  t.same(names(value), ['alerts', 'cefline'])
  t.throws(
    () => resolve({ ...value, own: { events: false } }),
    /destinations\.siem\.from\.1: "cefline" is turned off by own\.events/,
  )
})

t.test('how often it beats', async (t) => {
  const value = { sources: { alerts: sources.alerts }, destinations: { all: { type: 'console' } } }
  t.same(resolve(value).own, { events: true, heartbeat: 300_000 })
  t.equal(resolve({ ...value, own: { heartbeat: 0 } }).own.heartbeat, 0)
  t.throws(() => resolve({ ...value, own: { heartbeat: 5 } }), /own\.heartbeat: 5 has no unit/)
})
