/**
 * Alerts that also come as activity records: each event once with `sameAs`, alert and record both
 * without it, whichever source comes first and over a restart.
 */
import { existsSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { activity, idsIn, linesOf, startAppliance } from '../helpers/appliance.ts'
import { eventually } from '../helpers/daemon.ts'
import { startIntegrationApi } from '../helpers/integration-api.ts'

const records = 50

async function world(t: Test, sameAs: string | undefined) {
  const api = await startIntegrationApi({ records })
  t.teardown(() => api.close())
  const folder = t.testdir({ drop: {} })
  const out = join(folder, 'out.log')
  const alerts = { type: 'netwrix-alerts', folder: join(folder, 'drop'), settle: '40ms' }
  const configuration = {
    sources: {
      alerts: sameAs === undefined ? alerts : { ...alerts, sameAs },
      activity: activity(api),
    },
    destinations: { file: { type: 'file', path: out } },
  }
  /** A complete file appears, a row for each RID. */
  const drop = (name: string, rids: readonly (string | undefined)[]) => {
    const rows = rids.map((rid) => `2026-01-02T03:04:05Z\tmallory\tAdded\t${rid ?? ''}`)
    const made = join(folder, name)
    writeFileSync(made, `When\tWho\tAction\tRID\n${rows.join('\n')}\n`)
    renameSync(made, join(folder, 'drop', `${name}.csv`))
  }
  const received = (count: number) =>
    eventually(
      async () => {
        const lines = existsSync(out) ? linesOf(out) : []
        return lines.length >= count ? idsIn(lines) : undefined
      },
      () => `not ${count} lines but ${existsSync(out) ? linesOf(out).length : 0}`,
    )
  return { api, folder, configuration, drop, received }
}

const own = (index: number) => `20260102030405000${String(index).padStart(32, 'A')}`

for (const sameAs of ['activity', undefined]) {
  const name = sameAs === undefined ? 'without sameAs: both' : 'with sameAs: each event once'
  t.test(name, async (t) => {
    const { api, folder, configuration, drop, received } = await world(t, sameAs)
    const both = sameAs === undefined ? 1 : 0
    const rids = () => api.records.map(({ RID }) => RID)
    const alone = Array.from({ length: 40 }, (_, index) => own(index))
    let appliance = startAppliance(t, configuration, { folder, watched: false })
    // At once: a fifth of the alerts are records as well.
    drop('first', [...alone, ...rids().slice(0, 10)])
    await received(records + 40 + both * 10)
    await appliance.delivered()
    await appliance.app.stop()
    appliance = startAppliance(t, configuration, { folder, watched: false })
    // The record came first, before a restart; then the alert comes first.
    drop('second', rids().slice(10, 20))
    await eventually(async () => {
      const { sources } = await appliance.status()
      const ledger = sources.find((source) => source.name === 'alerts')?.ledger
      return ledger?.read === 60 || undefined
    }, 'the second file was not read')
    api.add(5)
    const ids = await received(records + 5 + 40 + both * 20)
    await appliance.delivered()
    t.equal(ids.length, records + 5 + 40 + both * 20)
    t.equal(new Set(ids).size, records + 5 + 40)
    const { sources } = await appliance.status()
    const given = sources.map(({ ledger }) => ledger.alreadyGiven).reduce((a, b) => a + b)
    t.equal(given, both === 1 ? 0 : 20, 'what was left out is in the books')
  })
}

t.test('joined by a change of the configuration, with what was given before', async (t) => {
  const { api, folder, configuration, drop, received } = await world(t, undefined)
  const appliance = startAppliance(t, configuration, { folder, watched: false })
  await received(records)
  const { alerts } = configuration.sources
  const sources = { ...configuration.sources, alerts: { ...alerts, sameAs: 'activity' } }
  appliance.write({ ...configuration, sources })
  await appliance.reload()
  t.match(await appliance.said(/alerts changed/), /source alerts changed/)
  drop('late', [own(1), ...api.records.slice(0, 5).map(({ RID }) => RID)])
  const ids = await received(records + 1)
  await appliance.delivered()
  t.equal(ids.length, records + 1)
})
