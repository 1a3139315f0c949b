/**
 * Changing the configuration of a running appliance: nothing is lost, nothing that did not change is
 * touched, and what is wrong changes nothing.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { tables } from '../src/components.ts'
import { resolveConfiguration } from '../src/config/load.ts'
import { connectControl } from '../src/control/client.ts'
import { activity, idsIn, linesOf, simple, startAppliance, syslog } from './helpers/appliance.ts'
import { eventually } from './helpers/daemon.ts'
import { startIntegrationApi } from './helpers/integration-api.ts'
import { needs } from './helpers/peers.ts'
import { startSink } from './helpers/sink.ts'

t.test('components come, change and go while records flow', needs('openssl'), async (t) => {
  const [first, second] = await Promise.all([
    startIntegrationApi({ records: 30 }),
    startIntegrationApi({ records: 30, firstAt: Date.now() - 50 * 86_400_000 }),
  ])
  t.teardown(() => Promise.all([first.close(), second.close()]))
  const kept = await startSink(t)
  const changed = await startSink(t)
  const folder = t.testdir()
  const sources = { first: activity(first), second: activity(second, { since: '0' }) }
  const destinations = {
    kept: syslog(kept.port, { from: ['first'] }),
    changed: syslog(changed.port),
    old: { type: 'file', path: join(folder, 'old.log') },
  }
  const flow = setInterval(() => {
    first.add(3)
    second.add(2)
  }, 10)
  t.teardown(() => clearInterval(flow))

  const appliance = startAppliance(
    t,
    {
      sources: { first: sources.first },
      destinations,
    },
    { folder },
  )
  await appliance.started
  await kept.until(50)
  appliance.write({
    sources,
    destinations: { ...destinations, fresh: { type: 'file', path: join(folder, 'fresh.log') } },
  })
  t.match(
    await appliance.said(/was taken over/),
    /: source second added, destination changed changed, destination old changed, destination fresh added$/,
  )
  await eventually(
    async () => linesOf(join(folder, 'fresh.log')).length > 100 || undefined,
    'fresh',
  )
  appliance.write({
    sources: { ...sources, second: activity(second, { since: '0', pageSize: 7 }) },
    destinations: { ...destinations, changed: syslog(changed.port, { facility: 'local1' }) },
  })
  t.match(
    await appliance.said(/was taken over/),
    /: source second changed, destination fresh removed, destination changed changed$/,
  )
  await changed.until(/<1[34]\d>/)
  clearInterval(flow)
  const all = first.records.length + second.records.length
  let seen = ''
  const whole = await eventually(
    async () => {
      const status = await appliance.status()
      const spooled = status.sources.reduce((sum, { ledger }) => sum + ledger.spooled, 0)
      const waiting = status.destinations.reduce((sum, one) => sum + one.waiting, 0)
      seen = `of ${all} ${spooled} are spooled, ${waiting} wait`
      return spooled === all && waiting === 0 ? status : undefined
    },
    () => seen,
  )
  t.match(
    whole.sources.map(({ name, ledger }) => [name, ledger.spooled]),
    [
      ['first', first.records.length],
      ['second', second.records.length],
    ],
    'every record is in the spool once',
  )
  t.equal(kept.connections, 1, 'what did not change was not touched')
  for (const [name, lines, count] of [
    ['kept', kept.lines(), first.records.length],
    ['changed', changed.lines(), all],
    ['old', linesOf(join(folder, 'old.log')), all],
  ] as const) {
    const ids = idsIn(lines)
    t.equal(ids.length, count, `${name}: nothing lost, nothing twice`)
    t.equal(new Set(lines.map((line) => line.slice(line.indexOf('CEF:')))).size, count, name)
  }
  t.match(await appliance.metric('cefline_config_reloads_total{result="applied"}'), '2')
  t.equal(await appliance.metric('cefline_destination_up{destination="fresh"}'), undefined)
})

t.test('what is wrong changes nothing, and is said once', needs('openssl'), async (t) => {
  const { api, folder, configuration, received } = await simple(t)
  const appliance = startAppliance(t, configuration, { folder })
  await appliance.started
  await received(5)
  const refused = /^the changed configuration is not taken over, and all goes on as before: /
  const restart = (place: string) => new RegExp(`${place} would change .* needs a restart`)
  const { sources, destinations } = configuration
  for (const [bad, reason] of [
    ['{ sources: ', /cefline\.json:1/],
    [{ ...configuration, sorces: {} }, /sorces: there is no such section; did you mean sources/],
    [
      { sources, destinations: { ...destinations, siem: syslog(1, { maxBytes: 5 }) } },
      /destinations\.siem\.maxBytes is 5/,
    ],
    [
      {
        sources,
        destinations: {
          ...destinations,
          siem: syslog(1, { url: 'tls://h', tls: { ca: './none' } }),
        },
      },
      /siem certificates: destinations\.siem\.tls\.ca: cannot read \.\/none/,
    ],
    [{ ...configuration, spool: { folder: join(folder, 'other') } }, restart('spool\\.folder')],
    [{ ...configuration, log: { format: 'pretty' } }, restart('log\\.format')],
  ] as const) {
    appliance.write(bad)
    const said = await appliance.said(refused)
    t.match(said, reason)
  }
  const times = appliance.log().length
  await appliance.reload()
  t.match(await appliance.said(refused), /log\.format/, 'who asks is told again')
  t.equal(appliance.log().length, times + 1)
  t.equal(await appliance.metric('cefline_config_reloads_total{result="refused"}'), '7')
  t.equal(await appliance.metric('cefline_config_reloads_total{result="applied"}'), undefined)
  api.add(5)
  await received(10)
  rmSync(join(folder, 'cefline.json'))
  t.match(await appliance.said(refused), /cannot be read: there is no such file/)
  appliance.write(configuration)
  await appliance.said(/^the configuration is the one that runs/)
  api.add(1)
  await received(11)
  t.notOk(appliance.log().some((line) => line.includes(api.password)))
})

t.test('stopped in the middle of a change, it ends', needs('openssl'), async (t) => {
  const { api, folder, configuration, received } = await simple(t)
  const appliance = startAppliance(t, configuration, { folder, watched: false })
  await appliance.started
  await received(5)
  appliance.write({ ...configuration, sources: { activity: activity(api, { pageSize: 3 }) } })
  const reloading = appliance.reload()
  await appliance.app.stop('SIGTERM')
  await reloading
  t.equal(appliance.log().at(-1), 'stopped')
  await t.rejects(appliance.app.apply(resolveConfiguration(configuration, { origin: '', tables })))
})

t.test('sections that no component knows of', needs('openssl'), async (t) => {
  const { folder, configuration, received } = await simple(t)
  writeFileSync(join(folder, 'token'), 'first\n')
  const token = '${file:token}'
  const appliance = startAppliance(
    t,
    { ...configuration, status: { listen: '127.0.0.1:0', token } },
    { folder },
  )
  await appliance.started
  await received(5)
  const code = async (secret: string) =>
    (await appliance.get('/', { authorization: `Bearer ${secret}` })).status
  t.same([await code('first'), await code('second')], [200, 401])
  writeFileSync(join(folder, 'token'), 'second\n')
  t.match(await appliance.said(/was taken over/), /: status changed$/)
  t.same([await code('first'), await code('second')], [401, 200])

  const before = appliance.app.statusPage
  const taken = await startSink(t)
  appliance.write({ ...configuration, status: { listen: `127.0.0.1:${taken.port}` } })
  t.match(await appliance.said(/not taken over/), /status\.listen: .* is in use by another process/)
  t.equal(appliance.app.statusPage, before)
  t.equal(await code('second'), 200, 'the token is the old one as well')
  await taken.stop()
  appliance.write({
    ...configuration,
    status: { listen: `127.0.0.1:${taken.port}` },
    log: { level: 'warn' },
    spool: { maxBytes: '5MB' },
  })
  await eventually(async () => appliance.app.statusPage !== before || undefined, 'moved')
  t.equal((await appliance.get('/')).status, 200, 'on loopback no token is wanted')
  t.match(await appliance.metric('cefline_spool_max_bytes'), '5000000')
  appliance.write({
    ...configuration,
    status: { listen: `localhost:${taken.port}` },
    log: { level: 'info' },
  })
  t.match(await appliance.said(/was taken over/), /: spool changed, status changed, log changed$/)
  t.equal((await appliance.get('/')).status, 200, 'the same port of an address with it')
})

t.test('commands reach it while it runs', needs('openssl'), async (t) => {
  const { folder, configuration, received } = await simple(t)
  const appliance = startAppliance(t, configuration, { folder })
  await appliance.started
  await received(5)
  const control = await connectControl(join(folder, 'data'))
  t.match(await control?.status({}), { sources: [{ name: 'activity', ledger: { spooled: 5 } }] })
  await control?.close()
  await appliance.app.stop()
  t.equal(await connectControl(join(folder, 'data')), undefined)
})
