import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { reach } from '../../src/commands/reach.ts'
import { connectControl } from '../../src/control/client.ts'
import type { Verbs } from '../../src/control/verbs.ts'
import { openAt } from '../spool/helpers.ts'
import { placeFor, printed } from './helpers.ts'
import { liveFolder, serveLive } from './live.ts'

t.test('an appliance without a socket is named', async (t) => {
  const { config, folder, run } = await placeFor(t)
  await run()
  await rm(join(folder, 'cefline.sock'))
  await t.rejects(
    reach({ config }, async (verbs) => verbs.status({})),
    { code: 'spool-owner', message: /process \d+.*no control socket/ },
  )
})

t.test('the spool is left to the next one, also after a failure', async (t) => {
  const { config, folder } = await placeFor(t)
  await t.rejects(
    reach({ config }, () => Promise.reject(new Error('in the middle'))),
    { message: 'in the middle' },
  )
  await (await openAt(folder)).close()
})

t.test('nothing is made where there is no spool', async (t) => {
  const { config, folder } = await placeFor(t)
  const nobody = { code: 'not-found', message: /nothing has run on it yet/ }
  const nowhere = join(folder, 'nowhere')
  await t.rejects(
    reach({ config, folder: nowhere }, async (verbs) => verbs.status({})),
    nobody,
  )
  await rm(folder, { recursive: true })
  await t.rejects(
    reach({ config }, async (verbs) => verbs.status({})),
    nobody,
  )
})

t.test('an appliance that is there and says nothing is not said to have gone', async (t) => {
  const { folder } = await placeFor(t)
  const server = createServer((socket) => {
    t.teardown(() => socket.destroy())
  })
  await once(server.listen(join(folder, 'cefline.sock')), 'listening')
  t.teardown(() => server.close())
  await t.rejects(connectControl(folder, 100), {
    code: 'timeout',
    message:
      /cefline\.sock: an appliance has it, and has not answered within 0\.1 s: .*; ask again/,
  })
})

t.test('nor is one that freezes after it has said who it is', async (t) => {
  const folder = await liveFolder(t)
  const never = () => new Promise<never>(() => {})
  await serveLive(t, folder, { status: never, list: never })
  const control = await connectControl(folder, 100)
  t.teardown(() => control?.close())
  const frozen = { code: 'timeout', message: /has not answered within 0\.1 s: .*; ask again/ }
  await t.rejects(control!.status({}), frozen)
  await t.rejects(control!.list({}), frozen)
})

t.test('an appliance of another release is said to be one', async (t) => {
  const folder = await liveFolder(t)
  const server = createHttpServer((request, response) => {
    if (request.method === 'GET') response.end('{"version":"9.9.9","pid":1}')
    else response.end('{"value":{"of":"another shape"}}\n{"end":true}\n')
  })
  await once(server.listen(join(folder, 'cefline.sock')), 'listening')
  t.teardown(() => server.close())
  const done = await printed(t, () => reach({ config: undefined, folder }, work))
  t.match(done, { code: 0, errors: /^the appliance is of release 9\.9\.9, this command of \d.*/ })
  async function work(verbs: Verbs): Promise<number> {
    await verbs.status({})
    return 0
  }
})
