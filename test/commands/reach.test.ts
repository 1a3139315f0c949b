import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { reach } from '../../src/commands/reach.ts'
import { connectControl } from '../../src/control/client.ts'
import { openAt } from '../spool/helpers.ts'
import { placeFor } from './helpers.ts'

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
    code: 'lost',
    message:
      /cefline\.sock: an appliance has it, and has not answered within 0\.1 s: .*; ask again/,
  })
})
