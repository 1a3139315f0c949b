/**
 * The source `timeline` with a real spool, as the appliance runs it: for tests in this process, and
 * for the one that is killed (`reading.ts`).
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { StoredReject } from '../../src/core.ts'
import { unpackLines } from '../../src/io/lines.ts'
import { collect } from '../../src/pipeline/collect.ts'
import type { Options } from '../../src/sources/timeline.ts'
import { create, schema } from '../../src/sources/timeline.ts'
import { openSpool } from '../../src/spool/spool.ts'
import type { LmdbSpool } from '../../src/spool/spool.ts'
import { recordedEvents } from '../helpers/pipeline.ts'

const queue = 'timelines'

/** Of plaso's `l2tcsv`. */
export const header =
  'date,time,timezone,MACB,source,sourcetype,type,user,host,short,desc,version,filename,inode,notes,format,extra\n'

/** A row of it: 2012-01-22T07:00:00Z and the seconds. */
export function row(text: string, second = 1): string {
  const [minutes, seconds] = [Math.floor(second / 60) % 60, second % 60]
  const time = [7, minutes, seconds].map((part) => String(part).padStart(2, '0')).join(':')
  return `01/22/2012,${time},UTC,M...,LOG,Cron log,Content Modification Time,root,myhost,${text},${text},2,OS:/var/log/syslog,17,-,text/syslog,pid: 1\n`
}

export function openTimelineSpool(folder: string): Promise<LmdbSpool> {
  return openSpool({
    folder,
    maxBytes: 1e9,
    reserve: 0,
    remember: { age: 1e9, count: 1e6 },
    queues: [queue],
    destinations: new Map([['siem', [queue]]]),
  })
}

export function timelineOptions(folder: string, more: Partial<Options> = {}): Options {
  const defaults = Object.fromEntries(
    Object.entries(schema).map(([name, option]) => [
      name,
      'default' in option ? option.default : undefined,
    ]),
  )
  return { ...(defaults as unknown as Options), folder, settle: 60, ...more }
}

/** A source that runs until it is stopped. */
export class TimelineRun {
  readonly spool: LmdbSpool
  readonly options: Options
  readonly #recorded = recordedEvents()
  readonly #abort = new AbortController()
  readonly #running: Promise<void>

  constructor(spool: LmdbSpool, options: Options) {
    this.spool = spool
    this.options = options
    const source = this.source()
    this.#running = collect({
      name: queue,
      source,
      spool,
      events: this.#recorded.events.source(queue),
      makeRoom: async () => false,
      signal: this.#abort.signal,
    }).finally(() => source.close())
  }

  source() {
    return create(this.options, {
      name: queue,
      remembers: (id) => this.spool.remembers(queue, id),
    })
  }

  async until(condition: () => boolean): Promise<void> {
    for (let turn = 0; turn < 4000 && !condition(); turn += 1) await sleep(10)
    if (!condition()) throw new Error(`it did not come to that: ${this.log().join('\n')}`)
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#running
  }

  log(): string[] {
    return this.#recorded.log().map(({ msg }) => msg)
  }

  ledger() {
    return ledgerOf(this.spool)
  }

  lines(): string[] {
    return linesOf(this.spool)
  }

  rejects(): StoredReject[] {
    return this.spool.rejects().list(10_000)
  }
}

export function ledgerOf(spool: LmdbSpool) {
  const state = spool.queues().find((each) => each.queue === queue)
  if (!state) throw new Error('no such queue')
  return state.ledger
}

/** All lines that are in the spool. */
export function linesOf(spool: LmdbSpool): string[] {
  const lines: string[] = []
  for (let block = spool.next(queue, 0); block; block = spool.next(queue, block.sequence)) {
    for (const { cef } of unpackLines(block.lines)) lines.push(cef)
  }
  return lines
}
