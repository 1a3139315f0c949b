/**
 * The job that users have, timed beside syslog-ng in one run: alert rows dropped into a folder → CEF
 * → TCP to a counting sink, with a durable spool (syslog-ng: a reliable disk buffer), every event
 * proven to have arrived. Prints rates and the ratio; asserts nothing.
 *
 *     npm run bench -- [--rows 500000] [--files 1] [--rounds 2] [--seed 1] [--without-syslog-ng]
 */
import { fork, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { findProgram, unpacked } from '../test/helpers/peers.ts'
import { writeRows } from './generate.ts'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '500000' },
    files: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    'without-syslog-ng': { type: 'boolean', default: false },
  },
})
const rows = Number(values.rows)
const files = Number(values.files)

interface Result {
  rate: number
  /** KiB of anonymous memory at its highest. */
  anonymous: number
  duplicates: number
}

type Start = (folder: string, drop: string, port: number) => ChildProcess

const startCefline: Start = (folder, drop, port) => {
  const file = join(folder, 'cefline.yaml')
  writeFileSync(
    file,
    JSON.stringify({
      spool: { folder: join(folder, 'data') },
      status: { listen: '127.0.0.1:0' },
      log: { level: 'error' },
      sources: { alerts: { type: 'netwrix-alerts', folder: drop } },
      destinations: { siem: { type: 'syslog', url: `tcp://127.0.0.1:${port}` } },
    }),
  )
  const cli = join(import.meta.dirname, '..', 'dist', 'cli.js')
  const args = ['--max-semi-space-size=8', cli, 'run', '--config', file]
  return spawn(process.execPath, args, { stdio: 'inherit' })
}

const startSyslogNg: Start = (folder, drop, port) => {
  const program = findProgram('syslog-ng')!
  const modules = join(unpacked('syslog-ng'), 'usr/lib/syslog-ng')
  const config = join(folder, 'syslog-ng.conf')
  mkdirSync(join(folder, 'buffer'))
  const cef =
    'CEF:0|Netwrix|${c.DataSource}|1.0|${c.Action}|${c.Action} ${c.ObjectType}|7| shost=${c.Where} ' +
    'cat=${c.ObjectType} suser=${c.Who} filePath=${c.What} start=${c.When} msg=${c.Details} ' +
    'act=${c.Action} cs4=${c.Workstation} cs4Label=Workstation'
  writeFileSync(
    config,
    `@version: 3.38
options { stats-freq(0); };
source s { wildcard-file(base-dir("${drop}") filename-pattern("*.csv") flags(no-parse) follow-freq(0.25)
  log-fetch-limit(1000) log-iw-size(100000) max-files(1000)); };
parser p { csv-parser(columns("c.DataSource","c.Action","c.ObjectType","c.Who","c.What","c.When","c.Where","c.Workstation","c.Details")
  delimiters("\\t") flags(escape-none)); };
destination d { network("127.0.0.1" port(${port}) transport("tcp") log-fifo-size(200000)
  template("<135>$(format-date \${R_UNIXTIME} '%b %e %H:%M:%S') siem ${cef}\\n")
  disk-buffer(reliable(yes) mem-buf-size(64M) disk-buf-size(4G) dir("${folder}/buffer"))); };
log { source(s); parser(p); destination(d); flags(flow-control); };
`.replace("$(format-date ${R_UNIXTIME} '%b %e %H:%M:%S')", '${R_DATE}'),
  )
  const args = ['-F', '-f', config, '-R', join(folder, 'persist'), '-p', join(folder, 'pid')]
  args.push('-c', join(folder, 'ctl'), `--module-path=${join(modules, '3.38')}`)
  return spawn(program, args, {
    env: { ...process.env, LD_LIBRARY_PATH: modules },
    stdio: 'inherit',
  })
}

async function measure(start: Start, header: boolean): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'cefline-bench-'))
  const drop = join(folder, 'drop')
  mkdirSync(drop)
  const each = Math.ceil(rows / files)
  for (let file = 0; file < files; file += 1) {
    const name = join(folder, `${String(file).padStart(6, '0')}.csv`)
    const [from, to] = [file * each, Math.min(rows, (file + 1) * each)]
    await writeRows(name, from, to, Number(values.seed), header)
  }
  const sink = fork(join(import.meta.dirname, 'sink.ts'), [String(rows)])
  const [{ port }] = (await once(sink, 'message')) as [{ port: number }]
  const child = start(folder, drop, port)
  const exited = once(child, 'exit')
  await new Promise((resolve) => setTimeout(resolve, 2500))
  let anonymous = 0
  const sampler = setInterval(() => (anonymous = Math.max(anonymous, rssAnon(child.pid!))), 50)
  const started = performance.now()
  for (let file = 0; file < files; file += 1) {
    const name = `${String(file).padStart(6, '0')}.csv`
    renameSync(join(folder, name), join(drop, name))
  }
  const finished = once(sink, 'message') as Promise<[{ duplicates: number; bytes: number }]>
  const failed = exited.then(() => Promise.reject(new Error('the forwarder ended by itself')))
  const [{ duplicates }] = await Promise.race([finished, failed])
  const seconds = (performance.now() - started) / 1000
  failed.catch(() => {})
  clearInterval(sampler)
  child.kill('SIGTERM')
  await exited
  sink.send('stop')
  await once(sink, 'exit')
  rmSync(folder, { recursive: true })
  return { rate: rows / seconds, anonymous, duplicates }
}

function rssAnon(pid: number): number {
  try {
    return Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

function show(name: string, { rate, anonymous, duplicates }: Result): void {
  const memory = `${Math.round(anonymous / 1024)} MiB anonymous`
  const speed = `${Math.round(rate).toLocaleString('en-US')} events/s`
  console.log(`${name.padEnd(10)} ${speed.padStart(18)}  ${memory}  ${duplicates} duplicates`)
}

const median = (list: number[]) => [...list].sort((a, b) => a - b)[list.length >> 1]!

const peer = !values['without-syslog-ng'] && findProgram('syslog-ng') !== undefined
console.log(`node ${process.version}, ${rows} rows in ${files} file(s), ${values.rounds} round(s)`)
const ratios: number[] = []
for (let round = 0; round < Number(values.rounds); round += 1) {
  const ours = await measure(startCefline, true)
  show('cefline', ours)
  if (!peer) continue
  const theirs = await measure(startSyslogNg, false)
  show('syslog-ng', theirs)
  ratios.push(ours.rate / theirs.rate)
}
if (ratios.length > 0) console.log(`cefline / syslog-ng: ${median(ratios).toFixed(2)} (median)`)
else console.log('syslog-ng is not installed or left out: no ratio')
