/**
 * What `docker compose up` does, by real processes: docker-compose.yaml is read, its services are
 * started in the order of their conditions with their own commands, environment and files, an alert
 * is dropped, and its lines are in the SIEM's file. Containers' paths are folders here, and the name of
 * a service is loopback.
 */
import { execFile } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { parse } from 'yaml'
import { cefline, startCefline } from '../helpers/cefline.ts'
import { eventually, freePort, makeFolder, startDaemon } from '../helpers/daemon.ts'
import { findProgram, needs } from '../helpers/peers.ts'
import { root } from '../helpers/root.ts'
import { installation } from '../helpers/syslog-ng.ts'

const run = promisify(execFile)

interface Service {
  image: string
  build?: { context: string }
  depends_on?: Record<string, { condition: string }>
  entrypoint?: string[]
  environment?: Record<string, string>
  volumes: string[]
  ports?: string[]
  read_only?: boolean
  tmpfs?: string[]
}

const compose = parse(readFileSync(join(root, 'docker-compose.yaml'), 'utf8')) as {
  services: Record<'prepare' | 'siem' | 'cefline', Service>
  volumes: Record<string, null>
}
const { prepare, siem, cefline: appliance } = compose.services
const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8')

t.test('what the services name is there', async (t) => {
  for (const [name, { volumes, depends_on: others = {} }] of Object.entries(compose.services)) {
    for (const [source = ''] of volumes.map((volume) => volume.split(':'))) {
      if (source.startsWith('./examples/')) t.ok(existsSync(join(root, source)), source)
      else if (!source.startsWith('.')) t.ok(source in compose.volumes, `${name}: ${source}`)
    }
    for (const other of Object.keys(others)) t.ok(other in compose.services, other)
  }
  for (const { image, build } of [prepare, appliance])
    t.match({ image, build }, { image: 'cefline' })
  t.ok(appliance.read_only)
  t.same(appliance.tmpfs, ['/tmp'], 'commands keep something for a moment')
  for (const port of appliance.ports ?? []) t.match(port, /^127\.0\.0\.1:/, 'on loopback only')
})

/** Where the service's paths lie on this machine: a folder of the test's for each volume. */
function pathsOf({ volumes }: Service, folder: string): (text: string) => string {
  const places = volumes.map((volume) => {
    const [source = '', target = ''] = volume.split(':')
    return [target, join(source.startsWith('./examples/') ? root : folder, source)] as const
  })
  return (text) =>
    places.reduce((mapped, [target, place]) => {
      return mapped.replaceAll(new RegExp(`(?<![\\w./-])${target}(?![\\w.-])`, 'g'), place)
    }, text)
}

t.test('up, drop a file, see its lines', needs('syslog-ng'), async (t) => {
  const folder = await makeFolder(t, 'compose')
  const port = await freePort()
  const local = (text: string) => text.replaceAll(/\bsiem:6514\b/g, `127.0.0.1:${port}`)

  const inPrepare = pathsOf(prepare, folder)
  const [program, script = '', certificates = '', names, ...folders] = prepare.entrypoint ?? []
  t.strictSame([program, names], ['node', 'siem'])
  const words = ['--import=tsx', inPrepare(script), inPrepare(certificates), '127.0.0.1']
  const made = await run(process.execPath, [...words, ...folders.map(inPrepare)], { cwd: root })
  const [, token = ''] = /password (\w+)/.exec(made.stdout) ?? []
  const again = await run(process.execPath, [...words, ...folders.map(inPrepare)], { cwd: root })
  t.equal(again.stdout, made.stdout, 'a second time it leaves everything as it is')

  t.strictSame(siem.depends_on, { prepare: { condition: 'service_completed_successfully' } })
  const inSiem = pathsOf(siem, folder)
  const [receiver, ...flags] = siem.entrypoint ?? []
  const configuration = join(folder, 'syslog-ng.conf')
  const written = readFileSync(inSiem('/etc/syslog-ng/syslog-ng.conf'), 'utf8')
  writeFileSync(
    configuration,
    inSiem(written).replace('"0.0.0.0"', '"127.0.0.1"').replace('port(6514)', `port(${port})`),
  )
  const own = installation()
  await startDaemon(t, {
    program: findProgram(receiver ?? '') ?? '',
    args: [
      ...flags.map((word) => (word.endsWith('.conf') ? configuration : word)),
      ...['-R', join(folder, 'persist'), '-p', join(folder, 'pid'), '-c', join(folder, 'control')],
      ...own.flags,
    ],
    port,
    udp: false,
    environment: own.environment,
  })

  const inAppliance = pathsOf(appliance, folder)
  const env: Record<string, string> = { CEFLINE_EMBEDDED_DEFAULT: 'off' }
  for (const [name, value] of Object.entries(appliance.environment ?? {})) {
    env[name] = inAppliance(local(value))
  }
  env['DATA_FOLDER'] = inAppliance('/var/lib/cefline')
  // The image has 0.0.0.0:8514.
  const statusPort = await freePort()
  env['STATUS_LISTEN'] = `127.0.0.1:${statusPort}`
  mkdirSync(env['DATA_FOLDER'], { recursive: true })
  const cwd = t.testdir()
  const check = await cefline(['check', '--connect'], { cwd, env })
  t.equal(check.code, 0, check.stdout)
  const running = startCefline(t, { cwd, env })
  await running.said('status page http://')

  const drop = inAppliance('/drop')
  copyFileSync(join(root, 'examples', 'alert.csv'), join(drop, 'alert.csv'))
  const messages = inSiem('/siem/messages')
  const lines = await eventually(
    async () => {
      const text = existsSync(messages) ? readFileSync(messages, 'utf8') : ''
      const found = text.split('\n').filter((line) => line.includes('CEF:0|Netwrix|'))
      return found.length >= 6 ? found : undefined
    },
    () => `no events in ${messages}:\n${running.stderr()}`,
  )
  t.equal(lines.length, 6)
  for (const line of lines) t.match(line, /^\d{4}-\S+ cefline cefline\S* CEF:0\|/)
  await eventually(
    async () => existsSync(join(drop, 'done', 'alert.csv')) || undefined,
    'the file was not moved',
  )

  const page = `http://127.0.0.1:${statusPort}/`
  t.equal((await fetch(page)).status, 401)
  t.equal((await fetch(page, { headers: { authorization: `Bearer ${token}` } })).status, 200)
  const [, healthCheck = ''] = /^HEALTHCHECK[^[]*(\[.*\])$/m.exec(dockerfile) ?? []
  const [, ...asked] = JSON.parse(healthCheck) as string[]
  await t.resolves(run(process.execPath, asked, { env }), 'healthy')
  t.equal(await running.stop(), 0)
  await t.rejects(run(process.execPath, asked, { env }), { code: 1 }, 'and not when it is gone')
})
