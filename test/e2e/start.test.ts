/**
 * The appliance as a newcomer meets it: started with nothing, given the example, stopped.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { cefline, cli, startCefline } from '../helpers/cefline.ts'
import { root } from '../helpers/root.ts'

const example = join(root, 'examples', 'alert.csv')
const env = { STATUS_LISTEN: '127.0.0.1:0' }

/** Resolves when the condition holds; the runner's own limit ends it otherwise. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20))
}

t.test('with no configuration the whole path runs', async (t) => {
  const cwd = t.testdir()
  const running = startCefline(t, { cwd, env })
  await running.said(/status page http:\/\/127\.0\.0\.1:\d+\//)
  t.match(running.stderr(), /reads \.\/drop \(alerts: netwrix-alerts\)/)
  t.match(running.stderr(), /sends to tcp:\/\/127\.0\.0\.1:\d+ \(collector: syslog\)/)

  const drop = join(cwd, 'drop')
  await until(() => existsSync(drop))
  copyFileSync(example, join(drop, 'alert.csv'))
  await until(() => existsSync(join(drop, 'done', 'alert.csv')))
  await running.said(/CEF:0\|Netwrix\|/)
  const status = /status page (http[^\s"]+)/.exec(running.stderr())?.[1]
  const ledger = async () => {
    const answer = (await (await fetch(`${status}api/status`)).json()) as {
      sources: [{ ledger: Record<string, number> }]
    }
    return answer.sources[0].ledger
  }
  const { spooled = 0, read } = await ledger()
  t.ok(spooled >= 5, 'the example has a handful of alerts')
  const lines = () =>
    running
      .stdout()
      .split('\n')
      .filter((line) => line.includes('CEF:0|'))
  await until(() => lines().length >= spooled)
  t.equal(lines().length, spooled)
  t.ok(lines().every((line) => line.includes('deviceFacility=Netwrix Auditor alert')))

  copyFileSync(example, join(drop, 'again.csv'))
  await running.said('left out: given before')
  await until(() => existsSync(join(drop, 'done', 'again.csv')))
  t.match(await ledger(), { read: read! * 2, spooled, alreadyGiven: spooled })
  t.equal(lines().length, spooled, 'and nothing is sent again')

  t.equal(await running.stop(), 0)
  t.strictSame(
    readdirSync(drop).filter((name) => name.endsWith('.csv')),
    [],
  )
})

t.test('with no configuration, commands tell no address that is none', async (t) => {
  const cwd = t.testdir()
  const check = await cefline(['check'], { cwd, env })
  t.equal(check.code, 0)
  t.match(check.stdout, /embedded default: nothing is configured; run reads \.\/drop/)
  const running = startCefline(t, { cwd, env })
  await running.said(/status page http/)
  await running.stop()
  const status = await cefline(['status'], { cwd })
  t.equal(status.code, 0)
  t.match(status.stdout, /^collector \(not running\): nothing waits$/m)
})

t.test('in the image, no source or no destination ends with 78', async (t) => {
  const cwd = t.testdir()
  const off = { CEFLINE_EMBEDDED_DEFAULT: 'off' }
  const { code, stderr } = await cefline(['run'], { cwd, env: off })
  t.equal(code, 78)
  t.match(
    stderr,
    /there is no source and no destination: mount .* or set NETWRIX_URL or DROP_FOLDER, and SYSLOG_URL/,
  )
  t.equal(
    (await cefline(['check'], { cwd, env: { ...off, ...env, DROP_FOLDER: './drop' } })).code,
    78,
  )
})

t.test('a wrong configuration ends with 78 and every error', async (t) => {
  const cwd = t.testdir({
    'cefline.yaml': [
      'sources:',
      '  alerts: { type: netwrix-alerts, foldr: ./drop }',
      '  activity: { type: netwrix-api, url: "https://127.0.0.1:1", username: u, password: hunter2, interval: 10 parsecs }',
      'destinations:',
      '  siem: { type: syslog, url: "tcp://127.0.0.1:1", format: rfc9999 }',
    ].join('\n'),
  })
  const { code, stderr, stdout } = await cefline(['run'], { cwd })
  t.equal(code, 78)
  t.match(stderr, /cefline\.yaml:2 sources\.alerts\.foldr/)
  t.match(stderr, /cefline\.yaml:3 sources\.activity\.interval: "10 parsecs"/)
  t.match(stderr, /cefline\.yaml:5 destinations\.siem\.format: "rfc9999"/)
  t.notMatch(stderr + stdout, /hunter2/)
  const check = await cefline(['check', '--json'], { cwd })
  t.equal(check.code, 78)
  t.match(JSON.parse(check.stdout), {
    ok: false,
    steps: [{ component: 'configuration', ok: false }],
  })
})

t.test('check --connect says of each stage whether it works', async (t) => {
  const cwd = t.testdir({ drop: {} })
  writeFileSync(
    join(cwd, 'cefline.json'),
    JSON.stringify({
      sources: { alerts: { type: 'netwrix-alerts', folder: './drop' } },
      destinations: { siem: { type: 'syslog', url: 'tcp://127.0.0.1:1', hostname: 'here' } },
    }),
  )
  const here = await cefline(['check', '--config', 'cefline.json'], { cwd, env })
  t.equal(here.code, 0, here.stdout)
  const { code, stdout } = await cefline(['--config', 'cefline.json', 'check', '--connect'], {
    cwd,
    env,
  })
  t.equal(code, 1, 'only the network is amiss')
  t.match(stdout, /✔ alerts /)
  t.match(stdout, /✘ siem tcp: .*refused/i)
  t.strictSame(readdirSync(join(cwd, 'drop')), [], 'nothing was changed')
  rmSync(join(cwd, 'drop'), { recursive: true })
  writeFileSync(join(cwd, 'drop'), 'no folder')
  const both = await cefline(['check', '--config', 'cefline.json', '--connect', '--json'], {
    cwd,
    env,
  })
  t.equal(both.code, 78, 'a folder that is none is not the network')
  const { steps } = JSON.parse(both.stdout) as {
    steps: { component: string; ok: boolean; network: boolean }[]
  }
  t.match(
    steps.filter(({ ok }) => !ok).map(({ component, network }) => [component, network]),
    [
      ['alerts', false],
      ['siem', true],
    ],
  )
})

t.test('check refuses what run would refuse, and tells of a backfill', async (t) => {
  const activity = { type: 'netwrix-api', username: 'u', password: 'hunter2' }
  const write = (url: string, tls: object) => {
    const sources = { activity: { ...activity, url } }
    const destinations = { siem: { type: 'syslog', url: 'tls://127.0.0.1:1', hostname: 'h', tls } }
    return t.testdir({ 'cefline.json': JSON.stringify({ sources, destinations }) })
  }
  const args = ['check', '--config', 'cefline.json']
  const bad = await cefline(args, {
    cwd: write('http://127.0.0.1:1', { ca: '/nonexistent.pem' }),
    env,
  })
  t.equal(bad.code, 78)
  t.match(bad.stdout, /✘ activity config: .*http/)
  t.match(bad.stdout, /✘ siem certificates: destinations\.siem\.tls\.ca: cannot read \/nonexistent/)
  const good = await cefline(args, { cwd: write('https://127.0.0.1:1', {}), env })
  t.equal(good.code, 0, good.stdout)
  t.match(good.stdout, /✔ activity start: a backfill is coming.*records since/)
  t.notMatch(bad.stdout + good.stdout, /hunter2/)
})

t.test('preview shows what would be sent, down to the frame', async (t) => {
  const cwd = t.testdir()
  const { code, stdout } = await cefline(['preview', example], { cwd })
  t.equal(code, 0)
  t.match(stdout, /CEF:0\|Netwrix\|/)
  t.match(stdout, /<\d+>/)
  const input = readFileSync(example, 'utf8')
  const piped = await cefline(['preview', '-', '--json', '--limit', '1'], { cwd, input })
  t.match(JSON.parse(piped.stdout), { severity: Number, cef: /^CEF:0\|Netwrix\|/ })
  const record = {
    Action: 'Added',
    ObjectType: 'user',
    Who: 'a',
    What: 'b',
    When: '2026-11-22T00:00:00Z',
  }
  const json = await cefline(['preview', '-'], { cwd, input: JSON.stringify(record) })
  t.match(json.stdout, /\|Added user\|/)
})

t.test('usage errors end with 64, help and version with 0', async (t) => {
  const cwd = t.testdir()
  t.equal((await cefline(['frobnicate'], { cwd })).code, 64)
  t.equal((await cefline(['--version'], { cwd })).stdout.trim(), '0.1.0')
  t.match((await cefline(['--help'], { cwd })).stdout, /preview/)
})

t.test('SIGTERM ends it though nobody reads its standard output', async (t) => {
  const cwd = t.testdir({ drop: {} })
  const row = '2026-11-22T00:00:00Z\tme\tAdded\n'
  writeFileSync(join(cwd, 'drop', 'many.csv'), `When\tWho\tAction\n${row.repeat(5000)}`)
  const configuration = {
    status: { listen: '127.0.0.1:0' },
    sources: { alerts: { type: 'netwrix-alerts', folder: './drop' } },
    destinations: { screen: { type: 'console' } },
  }
  writeFileSync(join(cwd, 'cefline.json'), JSON.stringify(configuration))
  const child = spawn(process.execPath, [cli, 'run', '--config', 'cefline.json'], { cwd })
  t.teardown(() => child.kill('SIGKILL'))
  child.stdout.pause()
  await until(() => existsSync(join(cwd, 'drop', 'done', 'many.csv')))
  child.kill('SIGTERM')
  t.strictSame(await once(child, 'exit'), [0, null])
})
