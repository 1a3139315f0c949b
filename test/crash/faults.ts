/**
 * What can happen around Cefline. Each fault begins, lasts and is over; what it draws comes from the
 * run's seed. (Kills of Cefline itself and its clock are the run's own: `run.ts`.)
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Misbehaviour } from '../helpers/integration-api.ts'
import { behaviours } from './own/behaviour.ts'
import type { Behaviour } from './own/behaviour.ts'
import type { Random } from './random.ts'
import { timeout } from './world.ts'
import type { World } from './world.ts'

export interface Fault {
  name: string
  /** It lasts longer than Cefline's `timeout`. */
  long?: boolean
  strike(world: World, random: Random): Promise<void>
}

const killed: Fault = {
  name: 'receiver killed',
  async strike({ receiver }, random) {
    await receiver.kill('SIGKILL')
    await pause(random.between(100, 800))
    await receiver.start()
  },
}

const always: Fault[] = [
  killed,
  {
    name: 'receiver killed while it was stopped',
    async strike({ receiver }, random) {
      receiver.pause()
      await pause(random.between(300, 1500))
      await receiver.kill('SIGKILL')
      await pause(random.between(100, 500))
      await receiver.start()
    },
  },
  {
    name: 'receiver restarted',
    async strike({ receiver }, random) {
      await receiver.kill('SIGTERM')
      await pause(random.between(100, 500))
      await receiver.start()
    },
  },
  {
    name: 'receiver stopped for a moment',
    strike: ({ receiver }, random) => stopped(receiver, random.between(200, timeout / 2)),
  },
  {
    name: 'receiver stopped for long',
    long: true,
    strike: ({ receiver }, random) =>
      stopped(receiver, random.between(timeout * 1.2, timeout * 1.8)),
  },
  {
    name: 'answers of the API cut or wrong',
    async strike({ producer }, random) {
      const kinds: Misbehaviour[] = ['hangup', 'cut-body', 'cut-json', 'error-empty', 'busy']
      producer.api.misbehave(random.pick(kinds), random.between(1, 2))
    },
  },
]

const filtering: Fault[] = [
  {
    name: 'black hole for a moment',
    strike: (world, random) => dropped(world, random.between(200, timeout / 2)),
  },
  {
    name: 'black hole for long',
    long: true,
    strike: (world, random) => dropped(world, random.between(timeout * 1.2, timeout * 1.8)),
  },
]

const diskFull: Fault = {
  name: 'disk full',
  async strike({ volume }, random) {
    await volume.fill()
    await pause(random.between(300, 1500))
    volume.free()
  },
}

const certificates: Fault[] = [
  {
    name: 'new server certificate',
    async strike({ receiver, credentials }) {
      if (!credentials || !receiver.tls) return
      receiver.tls = { ...receiver.tls, server: await credentials.signServer() }
      await receiver.kill('SIGTERM')
      await receiver.start()
    },
  },
  {
    name: 'new client certificate',
    strike: async ({ credentials }) => credentials?.renewClient(),
  },
]

/** Our own receiver's ways, each for a time. */
const misbehaving = behaviours.map((kind): Fault => ({
  name: `receiver: ${kind}`,
  async strike({ receiver }, random) {
    // Within what the next window brings, and in the middle of a frame but for one byte in many.
    await receiver.behave({ kind, bytes: random.between(1, 300_000) })
    await pause(lasting(kind, random))
    await receiver.behave({ kind: 'good', bytes: 0 })
  },
}))

function lasting(kind: Behaviour, random: Random): number {
  // Not for three checkpoints in a row: an appliance that has just started, and was never answered,
  // would rightly take the receiver for one that never answers.
  if (kind === 'silent') return random.between(1000, timeout)
  return random.between(1500, 4000)
}

/** Those that this world can suffer. */
export function faultsFor({ setting, canFilter, volume, credentials }: World): Fault[] {
  return [
    ...always,
    ...(canFilter ? filtering : []),
    ...(volume.canBeFull ? [diskFull] : []),
    ...(credentials ? certificates : []),
    ...(setting.receiver === 'own' ? misbehaving : []),
  ]
}

/** What cannot be made to happen on this machine, and why. */
export function faultsMissing({ canFilter, volume }: World): string[] {
  return [
    ...(canFilter ? [] : ['no black hole: needs root and iptables']),
    ...(volume.canBeFull ? [] : ['no full disk: needs root and mount']),
  ]
}

export { killed as receiverKilled }

async function stopped(receiver: World['receiver'], milliseconds: number): Promise<void> {
  receiver.pause()
  await pause(milliseconds)
  receiver.resume()
}

async function dropped({ blackHole }: World, milliseconds: number): Promise<void> {
  await blackHole.open()
  await pause(milliseconds)
  await blackHole.close()
}
