/**
 * A real Apache as the server that asks for a login, with a configuration of its own in a temporary
 * folder. Behind the login is a script in place of the API: one empty page, whose mark says who was
 * let in and how long the body was.
 */
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Certificate } from './certificates.ts'
import { eventually, freePort, makeFolder, startDaemon } from './daemon.ts'
import type { Stoppable } from './daemon.ts'
import { findProgram } from './peers.ts'

const modules = '/usr/lib/apache2/modules'
const needed = [
  ...['mpm_prefork', 'authn_core', 'authz_core', 'authz_user', 'authn_file', 'auth_basic'],
  ...['auth_digest', 'auth_gssapi', 'cgi', 'alias', 'ssl'],
]

export interface ApacheOptions {
  /** Directives of the login. */
  login: (folder: string) => string
  /** Files to be written into the folder before it starts. */
  files?: Record<string, string>
  /** What else has to be there before it starts. */
  prepare?: (folder: string) => Promise<void>
  environment?: (folder: string) => Record<string, string>
  tls?: Certificate
}

export interface Apache {
  /** With `localhost`, as a ticket is for a name. */
  url: string
  /** Its access log, as soon as there are `count` requests: `status method body-length` of each. */
  requests(count: number): Promise<string[]>
}

export async function startApache(t: Stoppable, options: ApacheOptions): Promise<Apache> {
  const folder = await makeFolder(t, 'apache')
  await chmod(folder, 0o755)
  const port = await freePort()
  await mkdir(join(folder, 'cgi'))
  const script = join(folder, 'cgi', 'page')
  await writeFile(
    script,
    `#!/bin/sh
length=$(wc -c)
user=$(printf %s "$REMOTE_USER" | tr '\\\\' /)
printf 'Content-Type: application/json\\n\\n'
printf '{"ActivityRecordList":[],"ContinuationMark":"%s %s"}' "$user" "$length"
`,
  )
  await chmod(script, 0o755)
  for (const [name, content] of Object.entries(options.files ?? {})) {
    await writeFile(join(folder, name), content)
  }
  await options.prepare?.(folder)
  const { tls } = options
  const isRoot = process.getuid?.() === 0
  await writeFile(
    join(folder, 'apache.conf'),
    [
      `ServerRoot ${folder}`,
      'ServerName localhost',
      `Listen 127.0.0.1:${port}`,
      ...needed.map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`),
      `PidFile ${folder}/pid`,
      `ErrorLog ${folder}/error.log`,
      'LogFormat "%>s %m %{Content-Length}i" login',
      `CustomLog ${folder}/access.log login`,
      `DefaultRuntimeDir ${folder}`,
      'KeepAlive on',
      'MaxKeepAliveRequests 0',
      'StartServers 2',
      ...(isRoot ? ['User www-data', 'Group www-data'] : []),
      ...(tls
        ? ['SSLEngine on', `SSLCertificateFile ${tls.cert}`, `SSLCertificateKeyFile ${tls.key}`]
        : []),
      `ScriptAliasMatch ^/netwrix/ ${script}`,
      '<Location />',
      options.login(folder),
      'Require valid-user',
      '</Location>',
      '',
    ].join('\n'),
  )
  await startDaemon(t, {
    // In a session of its own: when Apache ends, it ends its whole process group.
    program: findProgram('setsid') ?? 'setsid',
    args: [findProgram('apache2') ?? 'apache2', '-f', join(folder, 'apache.conf'), '-DFOREGROUND'],
    port,
    udp: false,
    environment: options.environment?.(folder) ?? {},
  })
  return {
    url: `http${tls ? 's' : ''}://localhost:${port}`,
    // A line is written after the answer was sent.
    requests: (count) =>
      eventually(async () => {
        const log = await readFile(join(folder, 'access.log'), 'utf8')
        const lines = log.split('\n').slice(0, -1)
        return lines.length >= count ? lines : undefined
      }, `fewer than ${count} requests in Apache’s access log`),
  }
}

/** Whether a module of Apache's is installed, such as `auth_gssapi`. */
export function hasModule(name: string): boolean {
  return existsSync(join(modules, `mod_${name}.so`))
}
