/**
 * A clock that is wrong, and jumps: `Date`, in every thread. Timers run on.
 */
import type { Order } from './order.ts'

export function bendClock({ ahead, after, jump }: NonNullable<Order['clock']>): void {
  const real = Date
  const start = performance.now()
  const now = () => real.now() + ahead + (performance.now() - start > after ? jump : 0)
  globalThis.Date = new Proxy(real, {
    construct: (target, given: [], newTarget: new () => Date) =>
      Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget) as Date,
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)) as unknown,
  })
}
