/**
 * A real rsyslog as the receiver: it stores each message's fields as a line of JSON.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Certificate } from './certificates.ts'
import { freePort, jsonLines, makeFolder, startDaemon } from './daemon.ts'
import type { Daemon, Stoppable } from './daemon.ts'
import { findProgram, rsyslogModules } from './peers.ts'

export interface RsyslogMessage {
  pri: string
  version: string
  /** RFC 3339. */
  time: string
  host: string
  tag: string
  program: string
  msg: string
}

export interface RsyslogOptions {
  transport: 'udp' | 'tcp' | 'tls' | 'relp' | 'relps'
  tls?: {
    server: Certificate
    /** PEM file of the authority for clients. */
    ca: string
    /** Name that a client's certificate must carry; without it clients need none. */
    permittedPeer?: string
  }
  /** imtcp takes NUL only as the delimiter in place of LF. */
  nul?: boolean
  /** Each message is stored before the next is read, and answered only then (RELP): no queue in
   * memory, whose messages would be lost with the process. */
  direct?: boolean
  /** Where to listen; default: a free port. For one that is started again. */
  port?: number
  /** Where to store; default: a folder of the test's own. Kept when it is given. */
  output?: string
}

export interface Rsyslog extends Daemon {
  /** The messages stored, as soon as there are `count`. */
  messages(count: number): Promise<RsyslogMessage[]>
  /** Ends it as a crash would (SIGKILL). */
  kill(): Promise<void>
}

/** Starts rsyslogd on a loopback port; it ends with the test. */
export async function startRsyslog(t: Stoppable, options: RsyslogOptions): Promise<Rsyslog> {
  const folder = await makeFolder(t, 'rsyslog')
  const output = options.output ?? join(folder, 'messages.json')
  const configuration = join(folder, 'rsyslog.conf')
  const pidFile = join(folder, 'pid')
  const port = options.port ?? (await freePort())
  await writeFile(configuration, configure(options, folder, output, port))
  const daemon = await startDaemon(t, {
    program: findProgram('rsyslogd') ?? 'rsyslogd',
    args: ['-n', '-f', configuration, '-i', pidFile, '-M', rsyslogModules],
    port,
    udp: options.transport === 'udp',
  })
  return {
    ...daemon,
    messages: (count) => jsonLines<RsyslogMessage>(output, count),
    kill: async () => {
      process.kill(Number(await readFile(pidFile, 'utf8')), 'SIGKILL')
      await daemon.stop()
    },
  }
}

function configure(
  { direct, nul, tls, transport }: RsyslogOptions,
  folder: string,
  output: string,
  port: number,
): string {
  const fields = {
    pri: 'pri',
    version: 'protocol-version',
    time: 'timereported:::date-rfc3339',
    host: 'hostname',
    tag: 'syslogtag',
    program: 'app-name',
    msg: 'msg',
  }
  const properties = Object.entries(fields).map(([name, property]) => {
    const [key = '', , , date] = property.split(':')
    const format = date === undefined ? '' : ' dateFormat="rfc3339"'
    return `property(outname="${name}" name="${key}"${format} format="jsonf")`
  })
  const { global, module, input } = listener(transport, tls, nul)
  return `
global(workDirectory="${folder}" ${global})
${direct === true ? 'main_queue(queue.type="Direct")' : ''}
module(load=${module})
template(name="json" type="list") {
  constant(value="{")
  ${properties.join('\n  constant(value=",")\n  ')}
  constant(value="}\\n")
}
input(type=${input} port="${port}" address="127.0.0.1")
action(type="omfile" file="${output}" template="json")
`
}

/** The input with its module and what they need; TLS is the driver’s for TCP, the library’s for RELP. */
function listener(
  transport: RsyslogOptions['transport'],
  tls: RsyslogOptions['tls'],
  nul = false,
): { global: string; module: string; input: string } {
  const peer = tls?.permittedPeer
  if (transport === 'relp' || transport === 'relps') {
    const names = peer === undefined ? '' : `tls.authMode="name" tls.permittedPeer=["${peer}"]`
    const files =
      tls &&
      `tls="on" tls.caCert="${tls.ca}" tls.myCert="${tls.server.cert}" tls.myPrivKey="${tls.server.key}"`
    return {
      global: '',
      module: `"imrelp" ${tls ? 'tls.tlslib="openssl"' : ''}`,
      input: `"imrelp" ${files ?? ''} ${names}`,
    }
  }
  if (transport === 'udp') return { global: '', module: '"imudp"', input: '"imudp"' }
  const delimiter = nul ? 'addtlFrameDelimiter="0"' : ''
  if (!tls) return { global: '', module: `"imtcp" ${delimiter}`, input: '"imtcp"' }
  const names = peer === undefined ? '"anon"' : `"x509/name" permittedPeer=["${peer}"]`
  return {
    global: `defaultNetstreamDriverCAFile="${tls.ca}"
       defaultNetstreamDriverCertFile="${tls.server.cert}"
       defaultNetstreamDriverKeyFile="${tls.server.key}"`,
    module: `"imtcp" streamDriver.name="ossl" streamDriver.mode="1" streamDriver.authMode=${names} ${delimiter}`,
    input: '"imtcp"',
  }
}
