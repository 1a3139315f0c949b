import type { Block, Delivery } from '../core.ts'
import { error } from '../error.ts'
import type { Messages } from '../syslog/wire.ts'
import type { Target } from './syslog-target.ts'

export async function deliverRelp(
  target: Target,
  _messages: Messages,
  _blocks: AsyncIterable<Block>,
  _delivery: Delivery,
  _signal: AbortSignal,
): Promise<void> {
  await Promise.resolve()
  throw error('config', `${target.url}: RELP is being built`)
}

export function relpFrame(_transaction: number, message: Buffer): Buffer {
  return message
}
