/**
 * Failures of polling that the source's own tests do not have: a stand-in server, an appliance, and a
 * file that is read back.
 */
import t from 'tap'
import { activity, idsIn, simple, startAppliance } from '../helpers/appliance.ts'
import type { IntegrationApi } from '../helpers/integration-api.ts'
import { startIntegrationApi } from '../helpers/integration-api.ts'
import { needs } from '../helpers/peers.ts'

const idsOf = (api: IntegrationApi) => api.records.map(({ RID }) => RID?.slice(17))

t.test(
  'records that come days after their time are not passed over',
  needs('openssl'),
  async (t) => {
    const { configuration, folder, received } = await simple(t)
    const days = 10 * 86_400_000
    const api = await startIntegrationApi({
      records: 12,
      change: (record, index) => {
        const When = new Date(Date.parse(record.When) - (index % 3) * days).toISOString()
        return { ...record, When: When.replace(/\.\d+Z/, 'Z') }
      },
    })
    t.teardown(() => api.close())
    const sources = { activity: activity(api, { pageSize: 5 }) }
    startAppliance(t, { ...configuration, sources }, { folder, watched: false })
    await received(12)
    for (let round = 1; round <= 3; round += 1) {
      api.add(4)
      await received(12 + round * 4)
    }
    t.strictSame(idsIn(await received(24)), idsOf(api))
  },
)

t.test('a server that does not know the mark any more', needs('openssl'), async (t) => {
  const { api, configuration, folder, received } = await simple(t)
  const first = startAppliance(t, configuration, { folder, watched: false })
  await received(5)
  await first.app.stop()
  // Another database: fewer records than the mark has come to.
  const moved = await startIntegrationApi({ records: 2 })
  t.teardown(() => moved.close())
  const sources = { activity: activity(moved) }
  const second = startAppliance(t, { ...configuration, sources }, { folder, watched: false })
  t.match(await second.said(/waits for a changed configuration/), /Invalid continuation mark/)
  t.match(await second.status(), { sources: [{ state: 'parked', ledger: { read: 5 } }] })
  t.equal((await second.get('/healthz')).status, 200)
  await second.app.stop()
  api.add(3)
  startAppliance(t, configuration, { folder, watched: false })
  t.strictSame(
    idsIn(await received(8)),
    idsOf(api),
    'the mark was kept: nothing lost, nothing twice',
  )
})
