import t from 'tap'
import { reads } from '../../src/config/reads.ts'

t.test('a timeline goes only where it is named', async (t) => {
  const kinds = {
    sources: { alerts: { schema: {} }, cado: { schema: {}, timelines: true } },
    destinations: { siem: { schema: {} }, bucket: { schema: {}, timelines: true } },
  }
  const alerts = { name: 'a', type: 'alerts' }
  const timeline = { name: 't', type: 'cado' }
  for (const [type, from, toAlerts, toTimeline] of [
    ['siem', null, true, false],
    ['siem', ['t'], false, true],
    ['bucket', null, false, true],
    ['bucket', ['a'], true, false],
  ] as const) {
    t.equal(reads({ type, from }, alerts, kinds), toAlerts, `${type} from ${String(from)}`)
    t.equal(reads({ type, from }, timeline, kinds), toTimeline, `${type} from ${String(from)}`)
  }
})
