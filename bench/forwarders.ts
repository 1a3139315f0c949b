/**
 * The two that are compared, each told to read the files that come into `drop`, to keep what it has read on
 * disk, and to send it as CEF to a TCP port on this machine.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram, unpacked } from '../test/helpers/peers.ts'

export type Start = (folder: string, drop: string, port: number) => ChildProcess

export const startCefline: Start = (folder, drop, port) => {
  const file = join(folder, 'cefline.yaml')
  writeFileSync(
    file,
    JSON.stringify({
      spool: { folder: join(folder, 'data') },
      status: { listen: '127.0.0.1:0' },
      log: { level: 'error' },
      own: { events: false },
      sources: { alerts: { type: 'netwrix-alerts', folder: drop } },
      destinations: { siem: { type: 'syslog', url: `tcp://127.0.0.1:${port}` } },
    }),
  )
  const cli = join(import.meta.dirname, '..', 'dist', 'cli.js')
  const args = [
    '--max-semi-space-size=4',
    '--heap-growing-percent=20',
    cli,
    'run',
    '--config',
    file,
  ]
  // As `npm start` and the image start it.
  const env = { ...process.env, MALLOC_ARENA_MAX: '2' }
  return spawn(process.execPath, args, { stdio: 'inherit', env })
}

export const startSyslogNg: Start = (folder, drop, port) => {
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
