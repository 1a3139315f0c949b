/**
 * The systemd unit: what systemd itself says of it, that it starts Cefline as the image does, and that
 * its filter of system calls has all that a running Cefline makes.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { cli } from '../helpers/cefline.ts'
import { eventually } from '../helpers/daemon.ts'
import { needs } from '../helpers/peers.ts'
import { root } from '../helpers/root.ts'

const run = promisify(execFile)
const folder = join(root, 'integrations', 'systemd')
const unit = readFileSync(join(folder, 'cefline.service'), 'utf8')
const readme = readFileSync(join(folder, 'README.md'), 'utf8')

/** Every value of a setting, in order. */
function values(name: string): string[] {
  return [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value)
}

t.test('starts as the image does', async (t) => {
  const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8')
  const entry = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(dockerfile)?.[1] ?? '') as string[]
  t.strictSame(values('ExecStart'), [`/usr/bin/${[...entry, 'run'].join(' ')}`])
  const environment = values('Environment').join(' ')
  for (const name of ['NODE_ENV', 'CEFLINE_EMBEDDED_DEFAULT', 'MALLOC_ARENA_MAX', 'DATA_FOLDER']) {
    const [setting = ''] = new RegExp(`${name}=[^\\s\\\\]+`).exec(dockerfile) ?? []
    t.ok(environment.includes(setting) && setting !== '', setting)
  }
  t.strictSame(values('RestartPreventExitStatus'), ['78'])
  t.strictSame(values('MemoryDenyWriteExecute'), ['no'], 'V8 compiles while it runs')
})

t.test('systemd takes it, with the drop-in of the README', needs('systemd-analyze'), async (t) => {
  const dropIn = /```ini\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
  t.match(dropIn, 'LoadCredential=')
  const there = t.testdir({
    // Node is elsewhere on this machine, maybe.
    'cefline.service': unit.replace('/usr/bin/node', process.execPath),
    'cefline.service.d': { 'override.conf': dropIn },
  })
  const file = join(there, 'cefline.service')
  const { stdout, stderr } = await run('systemd-analyze', ['verify', '--man=no', file])
  t.equal(stdout + stderr, '')
  // Exposure of 2.0 at most, of 10; it ends with 1 above that.
  await t.resolves(run('systemd-analyze', ['security', '--offline=yes', '--threshold=20', file]))
})

/** Names of the system calls of systemd's groups and of their groups. */
async function callsOf(names: string[]): Promise<string[]> {
  const calls: string[] = []
  for (const name of names) {
    if (!name.startsWith('@')) calls.push(name)
    else {
      const { stdout } = await run('systemd-analyze', ['syscall-filter', '--no-pager', name])
      const [, ...lines] = stdout.split('\n').map((line) => line.trim())
      calls.push(...(await callsOf(lines.filter((line) => /^@?\w[\w-]*$/.test(line)))))
    }
  }
  return calls
}

t.test(
  'Node and LMDB live with its system calls',
  needs('systemd-analyze', 'strace'),
  async (t) => {
    const allowed = new Set<string>()
    for (const line of values('SystemCallFilter')) {
      const calls = await callsOf(line.replace(/^~/, '').split(' '))
      for (const call of calls) {
        if (line.startsWith('~')) allowed.delete(call)
        else allowed.add(call)
      }
    }
    t.ok(allowed.has('epoll_wait') && !allowed.has('mount') && !allowed.has('chown'))

    const sockets: Socket[] = []
    let received = ''
    const receiver = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.push(socket)
      socket.on('data', (text) => (received += text.toString())).on('end', () => socket.end())
      socket.on('error', () => {})
    }).listen(0, '127.0.0.1')
    await once(receiver, 'listening')
    t.teardown(() => {
      for (const socket of sockets) socket.destroy()
      receiver.close()
    })
    const { port } = receiver.address() as AddressInfo
    const cwd = t.testdir()
    const drop = join(cwd, 'drop')
    const trace = join(cwd, 'trace')
    mkdirSync(drop)
    writeFileSync(
      join(cwd, 'cefline.yaml'),
      [
        'status: { listen: "127.0.0.1:0" }',
        'sources:',
        '  alerts: { type: netwrix-alerts, folder: ./drop }',
        'destinations:',
        `  siem: { type: syslog, url: "tcp://127.0.0.1:${port}", hostname: here, receiptEvery: 1s }`,
      ].join('\n'),
    )
    const flags = (values('ExecStart')[0] ?? '').split(' ').filter((word) => word.startsWith('--'))
    const tracing = ['-f', '-qq', '-o', trace]
    // Detached, so that strace and Cefline can be ended together.
    const child = spawn('strace', [...tracing, process.execPath, ...flags, cli, 'run'], {
      cwd,
      env: { PATH: process.env['PATH'], MALLOC_ARENA_MAX: '2' },
      stdio: 'ignore',
      detached: true,
    })
    const signal = (name: NodeJS.Signals) => {
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, name)
    }
    t.teardown(() => signal('SIGKILL'))
    await eventually(async () => existsSync(join(cwd, 'data')) || undefined, 'it did not start')
    copyFileSync(join(root, 'examples', 'alert.csv'), join(drop, 'alert.csv'))
    await eventually(
      async () => (received.includes('CEF:0|Netwrix|') && sockets.length > 1) || undefined,
      () => `no event, or no receipt: ${received}`,
    )
    const cefline = Number(readFileSync(trace, 'utf8').split(' ', 1)[0])
    process.kill(cefline, 'SIGHUP')
    process.kill(cefline, 'SIGTERM')
    await once(child, 'exit')

    const made = new Map<string, string>()
    for (const line of readFileSync(trace, 'utf8').split('\n')) {
      const [, call = ''] = /^\d+ +(?:<\.\.\. )?(\w+)[( ]/.exec(line) ?? []
      // What is refused as a probe and falls back counts as made: systemd answers EPERM.
      if (call !== '' && !made.has(call)) made.set(call, line)
    }
    t.ok(made.size > 30, [...made.keys()].join(' '))
    const refused = [...made].filter(([call]) => !allowed.has(call)).map(([, line]) => line)
    t.strictSame(refused, [])
  },
)
