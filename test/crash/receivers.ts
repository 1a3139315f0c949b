/**
 * The three receivers: real rsyslog, real syslog-ng with flow control, and our own. All take octet
 * counts, over TCP too: with line feeds a break in mid message leaves a cut event that looks whole.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findProgram, rsyslogModules } from '../helpers/peers.ts'
import { hashed, installation } from '../helpers/syslog-ng.ts'
import type { OwnOptions } from './own/behaviour.ts'
import type { Prepare, Program, Start } from './receiver.ts'

export const receiverNames = ['rsyslog', 'syslog-ng', 'own'] as const
export type ReceiverName = (typeof receiverNames)[number]

/** The name in the client's certificate, which rsyslog asks for. */
export const clientName = 'cefline.test'

/** The programs that each needs beside Node. */
export const programsOf: Record<ReceiverName, string[]> = {
  rsyslog: ['rsyslogd'],
  'syslog-ng': ['syslog-ng'],
  own: [],
}

/** `own`: folder of our own receiver, compiled. */
export function prepareReceiver(name: ReceiverName, own: string): Prepare {
  return { rsyslog, 'syslog-ng': syslogNg, own: (start: Start) => ownReceiver(start, own) }[name]
}

async function rsyslog({ folder, port, output, number, tls }: Start): Promise<Program> {
  const configuration = join(folder, `rsyslog-${number}.conf`)
  const files = tls
    ? `defaultNetstreamDriverCAFile="${tls.ca}"
       defaultNetstreamDriverCertFile="${tls.server.cert}"
       defaultNetstreamDriverKeyFile="${tls.server.key}"`
    : ''
  const driver = tls
    ? `streamDriver.name="ossl" streamDriver.mode="1" streamDriver.authMode="x509/name"
       permittedPeer=["${clientName}"]`
    : ''
  await writeFile(
    configuration,
    `global(workDirectory="${folder}" ${files})
module(load="imtcp" ${driver})
template(name="line" type="string" string="%msg%\\n")
input(type="imtcp" port="${port}" address="127.0.0.1")
action(type="omfile" file="${output}" template="line")
`,
  )
  return {
    program: findProgram('rsyslogd') ?? 'rsyslogd',
    args: ['-n', '-f', configuration, '-i', join(folder, `pid-${number}`), '-M', rsyslogModules],
  }
}

async function syslogNg({ folder, port, output, number, tls }: Start): Promise<Program> {
  const configuration = join(folder, `syslog-ng-${number}.conf`)
  const secure = tls
    ? `tls(key-file("${tls.server.key}") cert-file("${tls.server.cert}")
           ca-dir("${await hashed(folder, tls.ca)}") peer-verify(required-trusted))`
    : ''
  await writeFile(
    configuration,
    `@version: 3.38
options { keep-hostname(yes); use-dns(no); dns-cache(no); stats-freq(0); };
source s {
  syslog(transport("${tls ? 'tls' : 'tcp'}") ip("127.0.0.1") port(${port})
         max-connections(100) ${secure});
};
destination d { file("${output}" template("$MSG\\n")); };
log { source(s); destination(d); flags(flow-control); };
`,
  )
  const own = ['persist', 'pid', 'control'].map((name) => join(folder, `${name}-${number}`))
  const [persist = '', pid = '', control = ''] = own
  const { environment, flags } = installation()
  return {
    program: findProgram('syslog-ng') ?? 'syslog-ng',
    args: ['-F', '--no-caps', '-f', configuration, '-R', persist, '-p', pid, '-c', control].concat(
      flags,
    ),
    environment,
  }
}

async function ownReceiver({ port, output, tls }: Start, own: string): Promise<Program> {
  const options: OwnOptions = { port, output, ...(tls && { tls: { ...tls.server, ca: tls.ca } }) }
  return {
    program: process.execPath,
    args: [join(own, 'main.js'), JSON.stringify(options)],
    talks: true,
  }
}
