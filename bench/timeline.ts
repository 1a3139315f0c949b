/**
 * A timeline of any size, dropped into the folder of the built appliance, to a bucket and to syslog at
 * once: versitygw (else the tests' stand-in, which is said) and a real syslog-ng. At the end every row
 * must be in the bucket's objects once and in syslog-ng's file once, by the number that each carries.
 * Prints rows a second and the peak of memory, and ends with 1 when a row is missing or there twice, or
 * when it took more memory than it may.
 *
 *     npm run timeline -- [--bytes 2GB] [--seed 1] [--kills 2]
 *
 * `--kills`: the appliance is killed with -9 so many times in the midst, and started again. The bucket must
 * have every row once all the same; syslog is at least once.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, createWriteStream, mkdirSync, readFileSync } from 'node:fs'
import { rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { cli } from '../test/helpers/cefline.ts'
import { freePort, makeFolder } from '../test/helpers/daemon.ts'
import { findProgram } from '../test/helpers/peers.ts'
import { startSyslogNg } from '../test/helpers/syslog-ng.ts'
import { meanRowBytes, timelineStream } from '../test/helpers/timeline-rows.ts'
import { startS3 } from '../test/helpers/versitygw.ts'
import { RowNumbers } from './row-numbers.ts'

/** MB of `RssAnon` that Cefline may take. */
const mostAnonymous = 200

const { values } = parseArgs({
  options: {
    bytes: { type: 'string', default: '20MB' },
    seed: { type: 'string', default: '1' },
    kills: { type: 'string', default: '0' },
  },
})
const seed = Number(values.seed)
const kills = Number(values.kills)
const rows = Math.max(1, Math.round(bytesOf(values.bytes) / meanRowBytes(seed)))

const endings: (() => Promise<void> | void)[] = []
const t = {
  teardown: (end: () => Promise<void> | void) => void endings.unshift(end),
  comment: (text: string) => console.log(text),
}

if (findProgram('syslog-ng') === undefined) {
  console.error('syslog-ng is needed: .ci/peers installs it')
  process.exitCode = 1
} else {
  try {
    await run()
  } finally {
    for (const end of endings) await end()
  }
}

async function run(): Promise<void> {
  const folder = await makeFolder(t, 'timeline')
  const file = join(folder, 'disk.csv')
  await pipeline(timelineStream(rows, seed), createWriteStream(file))
  const { size } = await stat(file)
  console.log(`node ${process.version}, ${show(rows)} rows, ${megabytes(size)}`)

  const received = join(folder, 'received.json')
  const s3 = await startS3(t)
  const siem = await startSyslogNg(t, { transport: 'tcp', framing: 'lf', output: received })
  const port = await freePort()
  const drop = join(folder, 'drop')
  mkdirSync(drop)
  const config = join(folder, 'cefline.json')
  await writeFile(
    config,
    JSON.stringify({
      spool: { folder: join(folder, 'data'), maxBytes: '20GB' },
      status: { listen: `127.0.0.1:${port}` },
      log: { level: 'warn' },
      own: { events: false },
      sources: { disk: { type: 'timeline', folder: drop } },
      destinations: {
        bucket: {
          type: 's3',
          bucket: s3.bucket,
          folder: 'siem',
          endpoint: s3.endpoint,
          maxAge: '2s',
        },
        siem: {
          type: 'syslog',
          url: `tcp://127.0.0.1:${siem.port}`,
          from: ['disk'],
          receiptEvery: '2s',
        },
      },
    }),
  )
  const args = [
    '--max-semi-space-size=4',
    '--heap-growing-percent=20',
    cli,
    'run',
    '--config',
    config,
  ]
  // As `npm start` and the image start it.
  const env = { ...process.env, MALLOC_ARENA_MAX: '2' }
  const start = () => spawn(process.execPath, args, { stdio: 'inherit', env })
  let child = start()
  t.teardown(() => void child.kill('SIGKILL'))
  const memory = { anonymous: 0, resident: 0 }
  const sampler = setInterval(() => sample(child.pid ?? 0, memory), 50)
  t.teardown(() => clearInterval(sampler))
  await finished(port, 0, child)
  console.log(`idle: ${shownMemory(memory)}`)

  const started = performance.now()
  await rename(file, join(drop, 'disk.csv'))
  for (let kill = 1; kill <= kills; kill += 1) {
    await finished(port, Math.floor((rows * kill) / (kills + 1)), child, 'spooled')
    child.kill('SIGKILL')
    await once(child, 'exit')
    child = start()
  }
  await finished(port, rows, child)
  const seconds = (performance.now() - started) / 1000
  clearInterval(sampler)
  child.kill('SIGTERM')
  await once(child, 'exit')

  console.log(`${show(rows / seconds)} rows/s to both, in ${seconds.toFixed(1)} s`)
  console.log(`peak: ${shownMemory(memory)}`)
  const inBucket = new RowNumbers(rows)
  const keys = await s3.keys()
  for (const key of keys) for (const line of await s3.lines(key)) inBucket.add(line)
  judge(`in ${keys.length} objects`, inBucket)
  const inSyslog = new RowNumbers(rows)
  for await (const chunk of createReadStream(received)) inSyslog.addChunk(chunk as Buffer)
  judge('in syslog-ng’s file', inSyslog, kills === 0)
  if (memory.anonymous > mostAnonymous) fail(`that is more than ${mostAnonymous} MB`)
}

/** Waits until so many rows are spooled, and (unless it is enough that they are) received by both. */
async function finished(
  port: number,
  wanted: number,
  child: { exitCode: number | null },
  by: 'spooled' | 'received' = 'received',
): Promise<void> {
  interface Seen {
    sources: { ledger: { spooled: number; rejected: number } }[]
    destinations: { ledger: { received: number }[] }[]
  }
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the appliance ended with ${child.exitCode}`)
    const answer = await fetch(`http://127.0.0.1:${port}/api/status`).catch(() => undefined)
    const seen = answer?.ok ? ((await answer.json()) as Seen) : undefined
    if (seen) {
      const { spooled = 0, rejected = 0 } = seen.sources[0]?.ledger ?? {}
      const received = seen.destinations.map(({ ledger }) => ledger[0]?.received ?? 0)
      if (rejected > 0) throw new Error(`${rejected} rows were rejected`)
      const reached = by === 'spooled' ? spooled : Math.min(spooled, ...received)
      if (reached >= wanted) return
    }
    await pause(wanted === 0 ? 100 : 500)
  }
}

function sample(pid: number, memory: { anonymous: number; resident: number }): void {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const field = (name: string) =>
      (Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) * 1024) / 1e6
    memory.anonymous = Math.max(memory.anonymous, field('RssAnon'))
    memory.resident = Math.max(memory.resident, field('VmRSS'))
  } catch {
    // It has ended.
  }
}

function judge(where: string, numbers: RowNumbers, once = true): void {
  const { missing, twice } = numbers
  console.log(`${where}: ${show(rows - missing)} rows, ${missing} missing, ${twice} there twice`)
  if (missing > 0 || (once && twice > 0)) fail(`not every row is ${where} once`)
}

function fail(message: string): void {
  console.error(message)
  process.exitCode = 1
}

function bytesOf(text: string): number {
  const [, number = '', unit = ''] = /^(\d+)(B|kB|MB|GB)?$/.exec(text) ?? []
  if (number === '') throw new Error(`--bytes ${text}: write it as 500MB or 2GB`)
  return Number(number) * ({ kB: 1e3, MB: 1e6, GB: 1e9 }[unit] ?? 1)
}

function show(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

function megabytes(bytes: number): string {
  return `${show(bytes / 1e6)} MB`
}

/** RSS has the mapped pages of the spool in it, which the kernel takes back when it needs them. */
function shownMemory({ anonymous, resident }: { anonymous: number; resident: number }): string {
  return `${Math.round(anonymous)} MB anonymous, ${Math.round(resident)} MB RSS`
}
