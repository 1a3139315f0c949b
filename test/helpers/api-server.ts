/**
 * Kubernetes' API server with its store, for the tests of the chart: real admission and validation, and no controller
 * and no node, so that what it takes is kept and never started. `.ci/peers` builds both where Go is.
 */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { makeAuthority, makeSelfSigned } from './certificates.ts'
import { eventually, freePort, makeFolder, startDaemon } from './daemon.ts'
import type { Stoppable } from './daemon.ts'
import { findGoProgram, namespace } from './helm.ts'
import type { Part } from './helm.ts'

export interface Answer {
  status: number
  /** What it takes and warns of, such as a field that is there twice. */
  warning: string
  /** The object, or the status whose `message` says why it is refused. */
  body: Part
}

export interface ApiServer {
  /** Server-side apply; a field that is none is a fault. `dry`: all but the last step, the write. */
  apply(object: Part, options?: { dry: boolean }): Promise<Answer>
  /** An object as it is kept. */
  get(apiVersion: string, kind: string, name: string): Promise<Answer>
  /** Runs helm to its end. */
  helm(...args: string[]): Promise<{ ok: boolean; said: string }>
}

/** Starts both, with a token for the one who may do everything. */
export async function startApiServer(t: Stoppable): Promise<ApiServer> {
  const folder = await makeFolder(t, 'api-server')
  const [store, peers, port] = [await freePort(), await freePort(), await freePort()]
  const authority = await makeAuthority(folder)
  const own = await authority.sign('kube-apiserver')
  const accounts = await makeSelfSigned(folder, 'service-accounts')
  const tokens = join(folder, 'tokens.csv')
  await writeFile(tokens, 'trial,trial,trial,system:masters\n')
  await startDaemon(t, {
    program: 'setpriv',
    args: [
      ...withUs('etcd'),
      `--data-dir=${join(folder, 'etcd')}`,
      '--log-level=error',
      '--unsafe-no-fsync',
      ...['listen', 'advertise'].map((verb) => `--${verb}-client-urls=http://127.0.0.1:${store}`),
      `--listen-peer-urls=http://127.0.0.1:${peers}`,
      `--initial-advertise-peer-urls=http://127.0.0.1:${peers}`,
      `--initial-cluster=default=http://127.0.0.1:${peers}`,
    ],
    port: store,
    udp: false,
  })
  const daemon = await startDaemon(t, {
    program: 'setpriv',
    args: [
      ...withUs('kube-apiserver'),
      `--etcd-servers=http://127.0.0.1:${store}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${port}`,
      // Without it the address of this machine would become that of a service.
      '--endpoint-reconciler-type=none',
      `--cert-dir=${folder}`,
      `--tls-cert-file=${own.cert}`,
      `--tls-private-key-file=${own.key}`,
      `--token-auth-file=${tokens}`,
      '--authorization-mode=RBAC',
      '--service-account-issuer=https://cluster.example',
      `--service-account-key-file=${accounts.cert}`,
      `--service-account-signing-key-file=${accounts.key}`,
      '--service-cluster-ip-range=10.96.0.0/16',
      // A dry run makes no account, of which a pod's would have to be one.
      '--disable-admission-plugins=ServiceAccount',
    ],
    port,
    udp: false,
  })
  const ca = readFileSync(authority.cert)
  const ask = (method: string, path: string, body?: Part) =>
    call({ method, ca, port, path, ...(body === undefined ? {} : { body }) })
  // It opens its port before it answers.
  await eventually(
    () =>
      ask('GET', '/readyz').then(
        ({ status }) => status === 200 || undefined,
        () => undefined,
      ),
    () => `the API server is not ready: ${daemon.log().slice(-2000)}`,
  )
  const config = join(folder, 'config')
  const cluster = { server: `https://127.0.0.1:${port}`, 'certificate-authority': authority.cert }
  // JSON is YAML.
  const content = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'trial', cluster }],
    users: [{ name: 'trial', user: { token: 'trial' } }],
    contexts: [{ name: 'trial', context: { cluster: 'trial', user: 'trial' } }],
    'current-context': 'trial',
  }
  await writeFile(config, JSON.stringify(content), { mode: 0o600 })
  // What it keeps of a server would stay in the home folder, for each that ever was.
  const env = { ...process.env, KUBECACHEDIR: join(folder, 'cache') }

  /** Where objects of a kind are, by the server's own list: a new definition is there after a while. */
  const placeOf = (apiVersion: string, kind: string) =>
    eventually(async () => {
      const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
      const { resources = [] } = (await ask('GET', group)).body as { resources?: Part[] }
      const found = resources.find((each) => each.kind === kind && !each.name.includes('/'))
      return found && `${group}${found.namespaced ? `/namespaces/${namespace}` : ''}/${found.name}`
    }, `the API server has no ${kind} of ${apiVersion}`)
  return {
    apply: async (object, { dry } = { dry: false }) => {
      const place = await placeOf(object.apiVersion as string, object.kind as string)
      const options = `fieldManager=test&force=true&fieldValidation=Strict${dry ? '&dryRun=All' : ''}`
      return ask('PATCH', `${place}/${object.metadata.name}?${options}`, object)
    },
    get: async (apiVersion, kind, name) => ask('GET', `${await placeOf(apiVersion, kind)}/${name}`),
    helm: (...args) =>
      new Promise((resolve) => {
        const options = ['--kubeconfig', config, '--namespace', namespace]
        const program = findGoProgram('helm') ?? 'helm'
        execFile(
          program,
          [...args, ...options],
          { maxBuffer: 64e6, env },
          (failed, out, complaints) => resolve({ ok: failed === null, said: out + complaints }),
        )
      }),
  }
}

/** Arguments of setpriv: a test that is killed takes the program with it, which is a large one. */
function withUs(program: string): string[] {
  return ['--pdeathsig=KILL', findGoProgram(program) ?? program]
}

function call(options: {
  method: string
  ca: Buffer
  port: number
  path: string
  body?: Part
}): Promise<Answer> {
  const { method, ca, port, path, body } = options
  const headers = {
    authorization: 'Bearer trial',
    // JSON is YAML here too.
    ...(body === undefined ? {} : { 'content-type': 'application/apply-patch+yaml' }),
  }
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, ca, method, path, headers }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (part: string) => (text += part))
      answer.once('error', reject).once('end', () => {
        const isJson = answer.headers['content-type'] === 'application/json'
        resolve({
          status: answer.statusCode ?? 0,
          warning: String(answer.headers['warning'] ?? ''),
          body: isJson ? JSON.parse(text) : { message: text },
        })
      })
    })
    sent.once('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
