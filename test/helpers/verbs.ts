/**
 * What a control socket serves, of which only those verbs are there that a test needs.
 */
import type { ControlOptions } from '../../src/control/server.ts'

export type Verbs = ControlOptions['operations']

export function verbsOf(some: Partial<Verbs> = {}): Verbs {
  const none = () => Promise.reject(new Error('not here'))
  return {
    status: none,
    list: none,
    lines: async function* () {},
    setAside: none,
    forget: none,
    setCheckpoint: none,
    rejects: none,
    records: async function* () {},
    retry: async function* () {},
    purge: none,
    tap: async function* () {},
    test: async function* () {},
    history: none,
    log: none,
    idle: () => Promise.resolve(),
    ...some,
  }
}
