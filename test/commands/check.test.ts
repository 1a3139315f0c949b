/**
 * `cefline check` beside its components: the address of the status page, and how it is summed up.
 */
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { check, examine } from '../../src/commands/check.ts'
import { listenStep } from '../../src/commands/check-listen.ts'
import type { Configuration } from '../../src/config/load.ts'
import { makeAuthority } from '../helpers/certificates.ts'
import { needs } from '../helpers/peers.ts'
import { overviewOf, serveLive } from './live.ts'
import { printed } from './helpers.ts'

async function folderFor(t: Test): Promise<string> {
  // A socket's name has room for 107 bytes: more than tap's folders leave.
  const folder = await mkdtemp(join(tmpdir(), 'cefline-'))
  t.teardown(() => rm(folder, { recursive: true }))
  return folder
}

const nobody = { token: null, tokens: null }

function listens(folder: string, status: Partial<Configuration['status']>) {
  const configuration = {
    spool: { folder },
    status: { listen: '127.0.0.1:0', ...nobody, ...status },
  }
  return listenStep(configuration as Configuration)
}

/** Something else that has a port, and answers health as the page does. */
async function occupied(t: Test): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: close\r\n\r\nok\n')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

t.test('who gets to see the status page', async (t) => {
  const folder = await folderFor(t)
  const step = (status: Partial<Configuration['status']>) => listens(folder, status)
  t.match(await step({}), { name: 'listen', ok: true, detail: /open to this machine/ })
  t.match(await step({ token: 'hunter2' }), { ok: true, detail: /behind a token/ })
  t.match(await step({ tokens: { alice: 'hunter2' } }), { ok: true, detail: /behind a token/ })
  t.notMatch((await step({ token: 'hunter2' })).detail, /hunter2/)
})

t.test('an address that is taken, or none of this machine', async (t) => {
  const folder = await folderFor(t)
  const listen = await occupied(t)
  t.match(await listens(folder, { listen }), {
    ok: false,
    detail: `status.listen: "${listen}" is in use by another process; set another address, by STATUS_LISTEN where no file has one`,
  })
  t.match(await listens(folder, { listen: '192.0.2.1:9' }), {
    ok: false,
    detail: /"192\.0\.2\.1:9" cannot be listened on \(EADDRNOTAVAIL\); set another address/,
  })
})

t.test('an appliance of this very spool has it', async (t) => {
  const folder = await folderFor(t)
  const listen = await occupied(t)
  let page: string | undefined = `http://${listen}/`
  await serveLive(t, folder, { status: async () => ({ ...overviewOf(), page }) })
  t.match(await listens(folder, { listen }), {
    ok: true,
    detail: new RegExp(`^http://${listen}/: the appliance that runs on this spool answers; `),
  })
  page = `http://${await occupied(t)}/`
  t.match(await listens(folder, { listen }), { ok: false }, 'its page is elsewhere')
  page = undefined
  t.match(await listens(folder, { listen }), { ok: false }, 'it has none')
})

t.test('warnings are signs and numbers of their own', needs('openssl'), async (t) => {
  const folder = await folderFor(t)
  const { cert, key } = await (await makeAuthority(folder)).sign('sensor', { days: 3 })
  const config = join(folder, 'cefline.json')
  const write = (tls: object) => {
    const destinations = {
      siem: { type: 'syslog', url: 'tls://127.0.0.1:1', hostname: 'here', tls },
    }
    const sources = { alerts: { type: 'netwrix-alerts', folder: join(folder, 'drop') } }
    const status = { listen: '127.0.0.1:0' }
    const spool = { folder: join(folder, 'data') }
    writeFileSync(config, JSON.stringify({ spool, status, sources, destinations }))
  }
  write({ cert, key })
  const { findings } = await examine(config, false)
  t.match(
    findings.filter(({ warning }) => warning),
    [{ component: 'siem', name: 'certificates', ok: true, detail: /2 days to its expiry: RENEW/ }],
  )
  const { code, text } = await printed(t, () => check({ config }))
  t.equal(code, 0, text)
  t.match(text, /^! siem certificates: /m)
  t.match(text, /^✔ status listen: 127\.0\.0\.1:0; /m)
  t.match(text, /^1 warning$/m)
  const json = await printed(t, () => check({ config, json: true }))
  t.match(JSON.parse(json.text), { ok: true, steps: findings.map(({ name }) => ({ name })) })
  t.match(json.text, /"warning": true/)
  write({})
  t.notMatch((await printed(t, () => check({ config }))).text, /warning|error/)
})

t.test('errors are counted, not the steps that hold them', async (t) => {
  const folder = await folderFor(t)
  const config = join(folder, 'cefline.json')
  const sources = { alerts: { type: 'netwrix-alerts', foldr: './drop', encodin: 'x' } }
  writeFileSync(config, JSON.stringify({ sources, destinations: { siem: { type: 'nope' } } }))
  const { code, text } = await printed(t, () => check({ config }))
  t.equal(code, 78)
  const lines = text.split('\n')
  t.equal(lines.at(-1), `${lines.length - 1} errors`)
  t.ok(lines.length > 3)
})
