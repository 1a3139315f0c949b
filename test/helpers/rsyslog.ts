/**
 * A real rsyslog as the receiver: it stores each message's fields as a line of JSON.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Certificate } from './certificates.ts'
import { freePort, jsonLines, makeFolder, startDaemon } from './daemon.ts'
import type { Daemon, Stoppable } from './daemon.ts'
import { findProgram } from './peers.ts'

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
  transport: 'udp' | 'tcp' | 'tls'
  tls?: {
    server: Certificate
    /** PEM file of the authority for clients. */
    ca: string
    /** Name that a client's certificate must carry; without it clients need none. */
    permittedPeer?: string
  }
  /** imtcp takes NUL only as the delimiter in place of LF. */
  nul?: boolean
}

export interface Rsyslog extends Daemon {
  /** The messages stored, as soon as there are `count`. */
  messages(count: number): Promise<RsyslogMessage[]>
}

/** Folder of Debian's modules, by the machine's architecture. */
const architectures: Partial<Record<NodeJS.Architecture, string>> = {
  x64: 'x86_64-linux-gnu',
  arm64: 'aarch64-linux-gnu',
}

/** Starts rsyslogd on a free loopback port; it ends with the test. */
export async function startRsyslog(t: Stoppable, options: RsyslogOptions): Promise<Rsyslog> {
  const folder = await makeFolder(t, 'rsyslog')
  const output = join(folder, 'messages.json')
  const configuration = join(folder, 'rsyslog.conf')
  const port = await freePort()
  await writeFile(configuration, configure(options, folder, output, port))
  const modules = `/usr/lib/${architectures[process.arch] ?? process.arch}/rsyslog`
  const daemon = await startDaemon(t, {
    program: findProgram('rsyslogd') ?? 'rsyslogd',
    args: ['-n', '-f', configuration, '-i', join(folder, 'pid'), '-M', modules],
    port,
    udp: options.transport === 'udp',
  })
  return { ...daemon, messages: (count) => jsonLines<RsyslogMessage>(output, count) }
}

function configure(
  { nul, tls, transport }: RsyslogOptions,
  folder: string,
  output: string,
  port: number,
): string {
  const driver = tls
    ? `streamDriver.name="ossl" streamDriver.mode="1" streamDriver.authMode="${
        tls.permittedPeer === undefined ? 'anon' : 'x509/name'
      }"${tls.permittedPeer === undefined ? '' : ` permittedPeer=["${tls.permittedPeer}"]`}`
    : ''
  const files = tls
    ? `defaultNetstreamDriverCAFile="${tls.ca}"
       defaultNetstreamDriverCertFile="${tls.server.cert}"
       defaultNetstreamDriverKeyFile="${tls.server.key}"`
    : ''
  const delimiter = nul === true ? 'addtlFrameDelimiter="0"' : ''
  const input = transport === 'udp' ? 'imudp' : 'imtcp'
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
  return `
global(workDirectory="${folder}" ${files})
module(load="${input}" ${input === 'imtcp' ? `${driver} ${delimiter}` : ''})
template(name="json" type="list") {
  constant(value="{")
  ${properties.join('\n  constant(value=",")\n  ')}
  constant(value="}\\n")
}
input(type="${input}" port="${port}" address="127.0.0.1")
action(type="omfile" file="${output}" template="json")
`
}
