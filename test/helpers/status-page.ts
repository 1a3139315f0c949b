/**
 * The status server, as it ships, with made-up answers behind it: what the page makes of a state
 * that a real appliance is seldom in. It can be cut off and brought back on the same port.
 */
import type { FastifyInstance } from 'fastify'
import type { AddressInfo } from 'node:net'
import { createServer } from '../../src/status/server.ts'
import type { Asked, Seen } from '../../src/status/asked.ts'
import { Metrics } from '../../src/telemetry/metrics.ts'
import type { ListedReject, Overview, TestStep } from '../../src/page/shapes.ts'
import type { History } from '../../src/telemetry/history.ts'

type PassedEvent = Seen['events'][number]

export interface Shown {
  overview: Overview
  /** The newest last. */
  events: PassedEvent[]
  rejects: ListedReject[]
  history: History
  steps: TestStep[]
}

export interface StatusPageServer {
  url: string
  /** Changed at will; `status` goes out each second. */
  shown: Shown
  /** These pass now. */
  pass(events: PassedEvent[], skipped?: number): void
  /** The spool is being opened, or open (as it is at first). */
  open(isOpen: boolean): void
  cut(): Promise<void>
  restore(): Promise<void>
}

const metrics = new Metrics('0')

/** Stopped with the test. */
export async function startStatusPage(
  t: { teardown(end: () => unknown): void },
  shown: Shown,
  token: string | null = null,
): Promise<StatusPageServer> {
  const passing: Seen[] = []
  const ring = new EventTarget()
  const asked = { verbs: verbsOf(shown), watch } as Asked
  let isOpen = true
  async function* watch(_most: number, signal: AbortSignal): AsyncGenerator<Seen> {
    while (!signal.aborted) {
      const next = passing.shift()
      if (next) yield next
      else {
        await new Promise<void>((resolve) => {
          ring.addEventListener('pass', () => resolve(), { once: true })
          signal.addEventListener('abort', () => resolve(), { once: true })
        })
      }
    }
  }
  let server: FastifyInstance
  let port = 0
  const start = async () => {
    const listen = `127.0.0.1:${port}`
    const options = { listen, token, metrics, asked: () => (isOpen ? asked : undefined) }
    server = createServer({ ...options, status: () => shown.overview as never })
    await server.listen({ host: '127.0.0.1', port })
    port = (server.server.address() as AddressInfo).port
  }
  await start()
  t.teardown(() => server.close())
  return {
    url: `http://127.0.0.1:${port}/`,
    shown,
    pass: (events, skipped = 0) => {
      passing.push({ events, skipped })
      ring.dispatchEvent(new Event('pass'))
    },
    open: (now) => (isOpen = now),
    cut: () => server.close(),
    restore: start,
  }
}

function verbsOf(shown: Shown): Asked['verbs'] {
  return {
    status: async () => shown.overview,
    rejects: async ({ after = 0, limit = 100, source, code }) =>
      shown.rejects
        .filter((reject) => reject.number > after)
        .filter((reject) => source === undefined || reject.source === source)
        .filter((reject) => code === undefined || reject.code === code)
        .slice(0, limit),
    history: async () => shown.history,
    tap: async function* ({ latest, source, destination, severity = 0, text = '' }) {
      const events = shown.events
        .filter((event) => source === undefined || event.queue === source)
        .filter((event) => destination === undefined || event.destination === destination)
        .filter((event) => event.severity >= severity)
        .filter(({ cef }) => cef.toLowerCase().includes(text.toLowerCase()))
      yield { events: events.slice(-latest), skipped: 0 }
    },
    test: async function* () {
      yield* shown.steps
    },
  }
}
