/**
 * A source that goes while it reads: what it committed last still has readers.
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { linesOf, startAppliance } from '../helpers/appliance.ts'
import { eventually } from '../helpers/daemon.ts'

const rows = (file: number) =>
  ['When\tWho\tAction\tObject type\tWhat\tWhere\tData source\tRID']
    .concat(
      Array.from({ length: 20_000 }, (_, row) => {
        const what = `\\local\\${file}\\${row}`
        return `2026-03-28T14:01:48Z\tu\tAdded\tuser\t${what}\tdc\tActive Directory\t${file}-${row}`
      }),
    )
    .join('\n')

t.test('a source that is renamed under load leaves nothing behind', async (t) => {
  const folder = t.testdir({ drop: {} })
  const drop = join(folder, 'drop')
  const out = join(folder, 'out.log')
  const configuration = (name: string) => ({
    sources: { [name]: { type: 'netwrix-alerts', folder: drop } },
    destinations: { file: { type: 'file', path: out } },
  })
  const appliance = startAppliance(t, configuration('name0'), { folder, watched: false })
  await appliance.started
  for (let round = 1; round <= 3; round += 1) {
    const before = existsSync(out) ? linesOf(out).length : 0
    writeFileSync(join(drop, `${round}.csv`), rows(round))
    await eventually(async () => {
      return (existsSync(out) && linesOf(out).length > before) || undefined
    }, 'nothing is read')
    appliance.write(configuration(`name${round}`))
    await appliance.reload()
    t.match(await appliance.said(/taken over/), `source name${round - 1} removed`)
  }
  await eventually(
    async () => !readdirSync(drop).some((name) => name.endsWith('.csv')) || undefined,
    'read',
  )
  await appliance.delivered()
  t.strictSame(
    appliance.log().filter((line) => line.includes('the spool holds')),
    [],
  )
  t.equal(new Set(linesOf(out).map((line) => line.slice(line.indexOf('CEF:')))).size, 60_000)
})

t.test('what has no receipt is named, with a way out', async (t) => {
  const folder = t.testdir({ drop: {} })
  const configuration = (name: string) => ({
    sources: { [name]: { type: 'netwrix-alerts', folder: join(folder, 'drop') } },
    destinations: { siem: { type: 'syslog', url: 'tcp://127.0.0.1:1', hostname: 'here' } },
  })
  writeFileSync(join(folder, 'drop', '1.csv'), rows(1))
  const appliance = startAppliance(t, configuration('old'), { folder, watched: false })
  await appliance.started
  await eventually(async () => {
    const { sources } = await appliance.status()
    return (sources[0]?.ledger.spooled ?? 0) >= 20_000 || undefined
  }, 'nothing is spooled')
  appliance.write(configuration('new'))
  await appliance.reload()
  t.match(
    await appliance.said(/the spool holds/),
    /20000 lines of a source "old" .* it has that name again; "cefline spool export old" writes/,
  )
})
