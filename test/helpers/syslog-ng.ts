/**
 * A real syslog-ng as the receiver: it stores each message's fields as a line of JSON. Debian's
 * package conflicts with rsyslog's, so it is usually unpacked into a folder of the project's own,
 * where its libraries, modules and includes have to be named.
 */
import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Certificate } from './certificates.ts'
import { freePort, jsonLines, makeFolder, startDaemon } from './daemon.ts'
import type { Daemon, Stoppable } from './daemon.ts'
import { findProgram, unpacked } from './peers.ts'

const run = promisify(execFile)

export interface SyslogNgMessage {
  PRI: string
  HOST: string
  /** ISO 8601. */
  ISODATE: string
  PROGRAM: string
  PID: string
  MSGHDR: string
  MSGID: string
  MSG: string
}

export interface SyslogNgOptions {
  transport: 'udp' | 'tcp' | 'tls'
  /** `lf`: the driver network(); `octet-counting`: syslog(), which takes nothing else. */
  framing: 'lf' | 'octet-counting'
  /** For `lf`: whether messages have an RFC 5424 header. */
  rfc5424?: boolean
  tls?: {
    server: Certificate
    /** PEM file of the authority whose clients are admitted; without it clients need no certificate. */
    clientCa?: string
    /** TLS versions to refuse, such as `no-tlsv13`. */
    options?: string
  }
  /** Where to listen; default: a free port. For one that is started again. */
  port?: number
  /** Where to store; default: a folder of the test's own. Kept when it is given. */
  output?: string
}

export interface SyslogNg extends Daemon {
  /** The messages stored, as soon as there are `count` (default 0: those that are there now). */
  messages(count?: number): Promise<SyslogNgMessage[]>
}

/** Starts syslog-ng on a loopback port; it ends with the test. */
export async function startSyslogNg(t: Stoppable, options: SyslogNgOptions): Promise<SyslogNg> {
  const folder = await makeFolder(t, 'syslog-ng')
  const output = options.output ?? join(folder, 'messages.json')
  const configuration = join(folder, 'syslog-ng.conf')
  const port = options.port ?? (await freePort())
  const authorities = options.tls?.clientCa && (await hashed(folder, options.tls.clientCa))
  await writeFile(configuration, configure(options, output, port, authorities))
  const { environment, flags } = installation()
  const daemon = await startDaemon(t, {
    program: findProgram('syslog-ng') ?? 'syslog-ng',
    args: [
      ...['-F', '--no-caps', '-f', configuration, '-R', join(folder, 'persist')],
      ...['-p', join(folder, 'pid'), '-c', join(folder, 'control'), ...flags],
    ],
    port,
    udp: options.transport === 'udp',
    environment,
  })
  return { ...daemon, messages: (count = 0) => jsonLines<SyslogNgMessage>(output, count) }
}

/** What an unpacked one must be told; nothing when it is installed. */
export function installation(): { environment: Record<string, string>; flags: string[] } {
  const libraries = join(unpacked('syslog-ng'), 'usr', 'lib')
  const own = join(libraries, 'syslog-ng')
  if (!existsSync(own)) return { environment: {}, flags: [] }
  const version = readdirSync(own).find((name) => /^\d+\.\d+$/.test(name)) ?? ''
  const machine = readdirSync(libraries).filter((name) => name.endsWith('-linux-gnu'))
  const folders = [own, ...machine.map((name) => join(libraries, name))]
  return {
    environment: { LD_LIBRARY_PATH: folders.join(':') },
    flags: [`--module-path=${join(own, version)}`],
  }
}

/** A folder with the authority: syslog-ng finds it there by the hash of its name. */
export async function hashed(folder: string, ca: string): Promise<string> {
  const authorities = join(folder, 'authorities')
  await mkdir(authorities, { recursive: true })
  const { stdout } = await run('openssl', ['x509', '-noout', '-subject_hash', '-in', ca])
  await copyFile(ca, join(authorities, `${stdout.trim()}.0`))
  return authorities
}

function configure(
  { framing, rfc5424, tls, transport }: SyslogNgOptions,
  output: string,
  port: number,
  authorities: string | undefined,
): string {
  const driver = framing === 'lf' ? 'network' : 'syslog'
  const verify = authorities
    ? `ca-dir("${authorities}") peer-verify(required-trusted)`
    : 'peer-verify(optional-untrusted)'
  const secure = tls
    ? `tls(key-file("${tls.server.key}") cert-file("${tls.server.cert}") ${verify} ${
        tls.options === undefined ? '' : `ssl-options(${tls.options})`
      })`
    : ''
  const flags = framing === 'lf' && rfc5424 === true ? 'flags(syslog-protocol)' : ''
  const fields = ['PRI', 'HOST', 'ISODATE', 'PROGRAM', 'PID', 'MSGHDR', 'MSGID', 'MSG']
  const template = fields.map((field) => `${field}=$${field}`).join(' ')
  return `@version: 3.38
options { keep-hostname(yes); use-dns(no); dns-cache(no); stats-freq(0); };
source s {
  ${driver}(transport("${transport}") ip("127.0.0.1") port(${port}) ${secure} ${flags});
};
destination d { file("${output}" template("$(format-json ${template})\\n")); };
log { source(s); destination(d); flags(flow-control); };
`
}
