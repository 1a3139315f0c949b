/**
 * The verbs on an open spool: behind the control socket of a running appliance, and in a command
 * that has opened the spool itself. Those that change something are done one after the other; a long
 * one in steps, so that two commands at once share the work and disturb nothing, and so that the end
 * of the process waits for one step only.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { Accounts } from './control/accounts.ts'
import { forget } from './control/forget.ts'
import { purgeSteps, rejectSteps } from './control/reject-steps.ts'
import { requirePolled, storeCheckpoint } from './control/set-checkpoint.ts'
import { takeBack } from './control/take-back.ts'
import { purgedText, retriedText } from './control/told.ts'
import type {
  Doer,
  ExportedLine,
  ExportQuery,
  ListedReject,
  NewCheckpoint,
  Overview,
  RejectChoice,
  Retried,
  ShownReject,
  SpoolListing,
  TapQuery,
  Tapped,
  TestQuery,
  TestStep,
  Verbs,
} from './control/verbs.ts'
import type { StoredReject } from './core.ts'
import { error } from './error.ts'
import { unpackLines } from './io/lines.ts'
import type { Lines } from './io/lines.ts'
import type { OwnKind } from './own-event.ts'
import type { DamagedBlock, FoundBlock, LmdbSpool, RejectQuery } from './spool/spool.ts'
import { Turns } from './spool/turns.ts'
import type { Status } from './status/status.ts'
import type { History, Range } from './telemetry/history.ts'

export interface OperationsOptions {
  spool: LmdbSpool
  /** The line of a source's reject as the source is configured now; throws the reason against it. */
  remap(source: string, reject: StoredReject): Promise<Lines>
  status(): Status
  /** Does the work while this source does not run; left out where none runs. */
  hold?<T>(source: string, work: () => Promise<T>): Promise<T>
  /** What only a running appliance has. */
  live?: Pick<Verbs, 'tap' | 'test' | 'history' | 'log'>
  /** Told what was changed, for the event that tells the SIEM. */
  changed?(kind: OwnKind, details: { message: string; component?: string; who?: string }): void
}

export class Operations implements Verbs {
  readonly #options: OperationsOptions
  readonly #spool: LmdbSpool
  readonly #turns = new Turns()
  readonly #accounts = new Accounts()
  #ending = false

  constructor(options: OperationsOptions) {
    this.#options = options
    this.#spool = options.spool
  }

  async status(): Promise<Overview> {
    const status = this.#options.status()
    const others = this.#spool
      .queues()
      .filter(({ queue }) => !status.sources.some(({ name }) => name === queue))
      .map(({ queue, ledger, lines }) => ({ name: queue, ledger, lines }))
    const rejectsByCode = this.#spool.rejects().byCode()
    return { ...status, others, damaged: this.#spool.damaged(), rejectsByCode }
  }

  async list(): Promise<SpoolListing> {
    const { spool, destinations } = this.#options.status()
    const oldest = destinations.flatMap(({ name, oldestWaitingAt: at }) =>
      at === undefined ? [] : [[name, at] as const],
    )
    return {
      folder: spool.folder,
      ...this.#spool.usage(),
      queues: this.#spool.queues(),
      positions: destinations.flatMap(({ name: destination, ledger }) =>
        ledger.map(({ queue, waiting }) => {
          return { destination, queue, waiting, sequence: this.#spool.position(destination, queue) }
        }),
      ),
      oldestWaitingAt: Object.fromEntries(oldest),
      strangers: this.#spool.strangers(),
      damaged: this.#spool.damaged(),
    }
  }

  async *lines({ queue, destination }: ExportQuery): AsyncGenerator<ExportedLine[]> {
    const state = this.#spool.queues().find((one) => one.queue === queue)
    if (!state) throw noQueue(queue, this.#spool)
    let position = destination === undefined ? 0 : this.#positionOf(destination, queue)
    for (;;) {
      const block = this.#spool.next(queue, position)
      if (!block || block.sequence > state.newest) return
      position = block.sequence
      yield unpackLines(block.lines)
    }
  }

  setAside({ found }: { found: FoundBlock[] }): Promise<DamagedBlock[]> {
    return this.#write(() => this.#spool.setAside(found))
  }

  forget(query: { destination: string } & Doer): Promise<number> {
    return this.#write(() =>
      forget(query, this.#spool, (details) => this.#changed('destination-forgotten', details)),
    )
  }

  /** The source's loop would write its own over it, so it ends before and begins anew after. */
  async setCheckpoint({ who, ...query }: NewCheckpoint): Promise<{ before?: string }> {
    const { source } = query
    requirePolled(source, this.#options.status())
    const message = `polling of ${source} was set to go on from another mark`
    const work = () =>
      this.#write(async () => {
        const before = await storeCheckpoint(query, this.#spool)
        this.#changed('mark-set', { message, component: source, ...(who && { who }) })
        return before
      })
    return this.#options.hold ? this.#options.hold(source, work) : work()
  }

  async rejects(query: RejectQuery): Promise<ListedReject[]> {
    const { limit = Infinity } = query
    const found: ListedReject[] = []
    let after = query.after ?? 0
    for (;;) {
      const page = this.#spool.pageRejects({ ...query, after, limit: limit - found.length })
      found.push(...page.rejects.map(({ id: _id, record: _record, ...rest }) => rest))
      if (page.next === undefined || found.length >= limit) return found
      after = page.next
      await turn()
    }
  }

  async *records({ numbers }: { numbers: number[] }): AsyncGenerator<ShownReject> {
    for (const number of numbers) {
      const found = this.#spool.reject(number)
      if (!found) continue
      const { id, ...rest } = found
      yield id === undefined ? rest : { ...rest, id: Buffer.from(id).toString('hex') }
    }
  }

  async *retry({ who, ...choice }: RejectChoice & Doer): AsyncGenerator<Retried[]> {
    const counts = { back: 0, given: 0, rejected: 0, unknown: 0 }
    const options = {
      spool: this.#spool,
      remap: (source: string, reject: StoredReject) => this.#options.remap(source, reject),
      isDestination: (name: string) =>
        this.#options.status().destinations.some((destination) => destination.name === name),
    }
    const account = this.#accounts.open(() => {
      const message = retriedText(counts)
      if (counts.back + counts.given === 0) return
      this.#changed('rejects-retried', { message, ...(who && { who }) })
    })
    try {
      for (const next of rejectSteps(this.#spool, choice)) {
        const done = await this.#write(async () => {
          const { rejects, missing } = next()
          const unknown = missing.map((number): Retried => ({ number, result: 'unknown' }))
          const done = [...(await takeBack(rejects, options)), ...unknown]
          for (const { result } of done) counts[result] += 1
          return done
        })
        if (done.length > 0) yield done
        await turn()
      }
    } finally {
      account()
    }
  }

  async purge({ who, ...choice }: RejectChoice & Doer): Promise<number> {
    let purged = 0
    const account = this.#accounts.open(() => {
      const message = purgedText(purged)
      if (purged > 0) this.#changed('rejects-purged', { message, ...(who && { who }) })
    })
    try {
      for (const step of purgeSteps(this.#spool, choice)) {
        await this.#write(async () => {
          purged += await step()
        })
        await turn()
      }
    } finally {
      account()
    }
    return purged
  }

  tap(query: TapQuery): AsyncIterable<Tapped> {
    return this.#live.tap(query)
  }

  test(query: TestQuery): AsyncIterable<TestStep> {
    return this.#live.test(query)
  }

  async history(query: { range: Range }): Promise<History> {
    return this.#live.history(query)
  }

  async log(query: object): Promise<string[]> {
    return this.#live.log(query)
  }

  /** Resolves when nothing is being changed: a long one ends with its present step, of which the SIEM is
   * told by then, and nothing is begun any more. */
  async idle(): Promise<void> {
    this.#ending = true
    await this.#turns.idle()
    this.#accounts.close()
  }

  #changed(...told: Parameters<NonNullable<OperationsOptions['changed']>>): void {
    this.#options.changed?.(...told)
  }

  get #live(): Pick<Verbs, 'tap' | 'test' | 'history' | 'log'> {
    if (this.#options.live) return this.#options.live
    const { folder } = this.#options.status().spool
    throw error('not-found', `no appliance runs on the spool in ${folder}; start it: cefline run`)
  }

  #write<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.take('write', () => {
      if (!this.#ending) return work()
      throw error('lost', 'the appliance stops: what was done until now is done, the rest is not')
    })
  }

  #positionOf(destination: string, queue: string): number {
    const reads = this.#spool.ledger(destination).some((books) => books.queue === queue)
    if (reads) return this.#spool.position(destination, queue)
    throw error('not-found', `there is no destination "${destination}" that reads "${queue}"`)
  }
}

function noQueue(queue: string, spool: LmdbSpool) {
  const names = spool.queues().map((state) => `"${state.queue}"`)
  return error('not-found', `the spool has no queue "${queue}"; it has ${names.join(', ')}`)
}
