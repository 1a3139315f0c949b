import type { Block, Delivery } from '../core.ts'
import type { Route } from './syslog-route.ts'

export class Failover {
  readonly #routes: readonly Route[]

  constructor(routes: readonly Route[], _failBack: number) {
    this.#routes = routes
  }

  async deliver(
    blocks: AsyncIterable<Block>,
    delivery: Delivery,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#routes[0]?.deliver(blocks, delivery, signal)
  }
}
