/**
 * Every point is really there: a Cefline that is ordered to die at it does, while data flows.
 */
import { join } from 'node:path'
import t from 'tap'
import { needs } from '../helpers/peers.ts'
import { root } from '../helpers/root.ts'
import { atMost } from './at-most.ts'
import { points } from './preload/order.ts'
import { Random } from './random.ts'
import { makeWorld } from './world.ts'

const dist = process.env['ORACLE_DIST'] ?? join(root, 'dist')

t.test('each point is reached', { timeout: 110_000, ...needs('openssl') }, async (t) => {
  const setting = { receiver: 'own', transport: 'tls', dist, megabytes: 64 } as const
  const world = await makeWorld(setting, new Random('points'))
  t.teardown(() => world.close())
  world.producer.flow()
  const looking = setInterval(() => world.look(), 200)
  t.teardown(() => clearInterval(looking))
  for (const name of points) {
    world.appliance.start({ ...world.order, point: { name, nth: 1 } })
    await Promise.race([world.appliance.ended, atMost(10_000)])
    const { signal, byUs } = await world.appliance.kill('SIGKILL')
    t.same({ signal, byUs }, { signal: 'SIGKILL', byUs: false }, name)
  }
})
