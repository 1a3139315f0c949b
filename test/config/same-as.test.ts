/**
 * `sameAs`: what it may name, and who must get both.
 */
import t from 'tap'
import { spoolConfiguration } from '../../src/app/spool.ts'
import { tables } from '../../src/components.ts'
import { resolveConfiguration } from '../../src/config/load.ts'

const api = { type: 'netwrix-api', url: 'https://h:9699', username: 'u', password: 'p' }
const alerts = (sameAs: string, folder = 'a') => ({ type: 'netwrix-alerts', folder, sameAs })
const screen = { type: 'console' }

function faults(sources: object, destinations: object = { screen }): string {
  try {
    resolveConfiguration({ sources, destinations }, { origin: 'test', tables })
    return ''
  } catch (thrown) {
    return (thrown as Error).message
  }
}

t.test('what it may name', async (t) => {
  t.equal(faults({ alerts: alerts('activity'), activity: api }), '')
  const misspelt = faults({ alerts: alerts('activty'), activity: api })
  t.match(misspelt, /sources\.alerts\.sameAs: "activty" is no source.*did you mean activity\?/)
  t.match(faults({ alerts: alerts('alerts'), activity: api }), /is this source itself.*netwrix-api/)
  const twoAlerts = { alerts: alerts('more'), more: { type: 'netwrix-alerts', folder: 'b' } }
  t.match(faults({ ...twoAlerts, activity: api }), /"more" is of type netwrix-alerts/)
  const chain = { alerts: alerts('more'), more: alerts('activity', 'b'), activity: api }
  t.match(faults(chain), /has a sameAs of its own \(activity\).*name activity here too/)
  t.match(faults({ activity: { ...api, sameAs: 'x' } }), /sources\.activity\.sameAs/)
})

t.test('who gets the one gets the other', async (t) => {
  const sources = { alerts: alerts('activity'), activity: api }
  t.equal(faults(sources, { screen: { ...screen, from: ['activity', 'alerts'] } }), '')
  const wrong = faults(sources, { screen, pager: { ...screen, from: ['alerts'] } })
  t.match(wrong, /destination pager gets alerts and not activity.*destinations\.pager\.from/)
  const other = faults(sources, { screen, pager: { ...screen, from: ['activity'] } })
  t.match(other, /destination pager gets activity and not alerts/)
})

t.test('the spool is told', async (t) => {
  const sources = {
    activity: api,
    alerts: alerts('activity'),
    push: { type: 'netwrix-push', folder: 'p', sameAs: 'activity' },
  }
  const made = resolveConfiguration(
    { sources, destinations: { screen } },
    { origin: 'test', tables },
  )
  t.same(spoolConfiguration(made).joined, [
    ['alerts', 'activity'],
    ['push', 'activity'],
  ])
})
