/**
 * A test event where no appliance runs: given to each configured destination as its only block, as
 * `forward` would give it, without a spool. The stream of blocks ends after it, so that a destination
 * concludes at once, proves the receipt as it always does, and is not asked for another event.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createDestination, ownBatch, ownLine } from '../components.ts'
import type { Configuration, DestinationConfiguration } from '../config/load.ts'
import type { TestQuery, TestStep } from '../control/verbs.ts'
import type { Block, Delivery, Proof } from '../core.ts'
import { asCefline, error } from '../error.ts'
import { ownSource } from '../io/own-source.ts'
import type { OwnEvent } from '../own-event.ts'
import { whatProves } from '../telemetry/destination-events.ts'
import { span } from '../telemetry/silence.ts'

/** ms that a destination has to conclude after the time is over: more than each of them takes. */
const grace = 10_000

type Step = Omit<TestStep, 'milliseconds'>

/** The same steps as a running appliance tells, without `spooled`. Throws `not-found`. */
export async function* testDirectly(
  { destination: wanted, timeout, who }: TestQuery,
  { destinations }: Pick<Configuration, 'destinations'>,
  signal: AbortSignal,
): AsyncGenerator<TestStep> {
  const begin = performance.now()
  const timed = (step: Step): TestStep => {
    return { ...step, milliseconds: Math.round(performance.now() - begin) }
  }
  const chosen = chosenOf(destinations, wanted)
  const event: OwnEvent = {
    id: randomBytes(16).toString('hex'),
    kind: 'test',
    at: Date.now(),
    message:
      'Test event, asked for by hand while nothing runs: that it arrives shows the way is open',
    ...(who !== undefined && { who }),
  }
  yield timed({ step: 'made', ok: true, detail: ownLine(event) })
  const steps = new Steps()
  const ended = AbortSignal.any([signal, AbortSignal.timeout(timeout)])
  let received = 0
  void Promise.all(
    chosen.map(async (one) => {
      const step = await deliver(one, event, steps, {
        ended,
        late: () => lateness(signal, timeout),
      })
      if (step.ok) received += 1
      steps.add(step)
    }),
  ).finally(() => steps.end())
  for await (const step of steps.all()) yield timed(step)
  const what = chosen.length === 1 ? 'destination' : 'destinations'
  const detail = `received by ${received} of ${chosen.length} ${what}`
  yield timed({ step: 'end', ok: received === chosen.length, detail })
}

/** Never rejects; resolves to the last step of this destination. */
async function deliver(
  configuration: DestinationConfiguration,
  event: OwnEvent,
  steps: Steps,
  { ended, late }: { ended: AbortSignal; late: () => string },
): Promise<Step> {
  const { name: destination } = configuration
  let folder: string | undefined
  let proof: Proof | undefined
  let isReceived = false
  let refusal: string | undefined
  let connection: string = destination
  const out: { step?: Step } = {}
  const delivery: Delivery = {
    proof: (given) => (proof = given),
    receipt: () => (isReceived = true),
    reject: (_block, _line, code, reason) => {
      // One that was cut was sent all the same.
      if (code !== 'cut') refusal = reason
    },
    connected: (detail) => (connection = detail),
    notice: () => {},
  }
  const handedOut = () => {
    out.step = { step: 'handed-out', destination, ok: true, detail: connection }
    steps.add(out.step)
  }
  try {
    folder = await mkdtemp(join(tmpdir(), 'cefline-test-'))
    const made = createDestination(configuration, folder)
    try {
      const delivering = made.deliver(only(event, handedOut), delivery, ended)
      // On abort it returns by itself, unless a disk or a library holds it.
      await Promise.race([delivering, over(ended)])
    } finally {
      await made.close()
    }
    const step = { step: out.step ? 'received' : 'handed-out', destination } as const
    if (refusal !== undefined) return { ...step, ok: false, detail: refusal }
    if (isReceived) return { ...step, ok: true, detail: proof ? whatProves[proof] : 'received' }
    return { ...step, ok: false, detail: late() }
  } catch (thrown) {
    const detail = asCefline(thrown).message
    return { step: out.step ? 'received' : 'handed-out', destination, ok: false, detail }
  } finally {
    // What a destination that was given up still has open there is the system's to remove.
    if (folder !== undefined) await rm(folder, { recursive: true, force: true }).catch(() => {})
  }
}

/** Why a receipt is missing. */
function lateness(signal: AbortSignal, timeout: number): string {
  return signal.aborted
    ? 'interrupted before its receipt came'
    : `no receipt within ${span(timeout)}`
}

/** Resolves when it was aborted and has had time to end. */
async function over(ended: AbortSignal): Promise<void> {
  if (!ended.aborted) await once(ended, 'abort')
  await sleep(grace, undefined, { ref: false })
}

async function* only(event: OwnEvent, handedOut: () => void): AsyncGenerator<Block> {
  const { lines } = ownBatch([event])
  handedOut()
  yield { queue: ownSource, sequence: 1, count: lines.count, lines: lines.bytes }
}

function chosenOf(destinations: readonly DestinationConfiguration[], wanted: string | undefined) {
  const chosen = destinations.filter(({ name }) => wanted === undefined || name === wanted)
  if (chosen.length > 0) return chosen
  if (wanted === undefined) {
    throw error('config', 'there is no destination: configure one, or set SYSLOG_URL')
  }
  const known = destinations.map(({ name }) => `"${name}"`).join(', ')
  throw error('not-found', `there is no destination "${wanted}"; there is ${known || 'none'}`)
}

/** Steps of several destinations in the order in which they happen. */
class Steps {
  readonly #steps: Step[] = []
  #isOver = false
  #wake = () => {}

  add(step: Step): void {
    this.#steps.push(step)
    this.#wake()
  }

  end(): void {
    this.#isOver = true
    this.#wake()
  }

  async *all(): AsyncGenerator<Step> {
    for (;;) {
      for (let step = this.#steps.shift(); step; step = this.#steps.shift()) yield step
      if (this.#isOver) return
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }
}
