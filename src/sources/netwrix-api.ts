/**
 * Polls activity records from Netwrix Auditor's Integration API.
 *
 * Every page is committed together with the continuation mark that follows it, so after any crash
 * the same page is fetched again and its records, known by their RID, add nothing. Pages are fetched
 * until one is empty (a short one is no end), then after every `interval`. Only a page with records
 * moves the mark: an empty one, or one without a mark, leaves it.
 *
 * A first start reads what is not older than `since`: the moment is fixed then, stored before the
 * first page is asked for, and sent with every page from there on. `since: 0` reads everything. The
 * user's `filter` goes with every page too, and a `When` in it takes the place of that moment. A mark
 * that was taken over from the vendor's add-on goes on from there, with the user's filter or none.
 *
 * Waiting is the loop's: whatever goes wrong is thrown, with the mark as it was. Only the size of the
 * page is remembered here, as a server that was too slow for 1,000 records is asked for fewer.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { MarkLoop } from '../http/mark-loop.ts'
import { PageSize } from '../http/page-size.ts'
import { Reminder } from '../http/reminder.ts'
import { Unverified } from '../http/unverified.ts'
import { describeTlsFiles } from '../io/tls-description.ts'
import type { Batch, CheckStep, Notice, Source, SourceContext, StoredReject } from '../core.ts'
import { error, isCeflineError } from '../error.ts'
import { noLines } from '../io/lines.ts'
import type { Lines } from '../io/lines.ts'
import { compileMapping } from '../mappings/compile.ts'
import type { Mapper } from '../mappings/compile.ts'
import { activityBatch, activityLine } from '../netwrix/activity-batch.ts'
import { checkApi, run } from '../netwrix/api-check.ts'
import { doubtfulFilter, markStuck } from '../netwrix/api-notices.ts'
import { loginOptions, readUrl, refuseUnusable } from '../netwrix/api-options.ts'
import type { Options } from '../netwrix/api-options.ts'
import { lockoutOf } from '../netwrix/auth/lockout.ts'
import { LoginNotice } from '../netwrix/auth/notice.ts'
import { beginning } from '../netwrix/beginning.ts'
import type { Beginning, Wanted } from '../netwrix/beginning.ts'
import { writeCheckpoint } from '../netwrix/checkpoint.ts'
import type { Checkpoint } from '../netwrix/checkpoint.ts'
import { IntegrationApi } from '../netwrix/client.ts'
import type { ClientOptions } from '../netwrix/client.ts'
import { readFilter } from '../netwrix/filter.ts'
import { leaveOutOf } from '../netwrix/leave-out.ts'
import type { LeaveOut } from '../netwrix/leave-out.ts'
import type { Page } from '../netwrix/page.ts'

export { schema } from '../netwrix/api-options.ts'
export type { Options }

/** Throws `config` for options that are each well formed and cannot be used. */
export function create(options: Options, context: SourceContext): Source {
  return new NetwrixApi(options, context)
}

class NetwrixApi implements Source {
  readonly #options: Options
  readonly #client: ClientOptions
  readonly #wanted: Wanted
  readonly #leaveOut: LeaveOut
  readonly #pageSize: PageSize
  readonly #unverified: Unverified
  readonly #doubtful = new Reminder(24 * 60 * 60_000)
  readonly #map: Mapper
  readonly #login: LoginNotice
  #api: IntegrationApi | undefined

  constructor(options: Options, { name, connected }: SourceContext) {
    const place = `sources.${name}`
    const { timeout, tls, format, since, pageSize } = options
    const filter = readFilter(options.filter, `${place}.filter`)
    const url = readUrl(options, place)
    this.#options = options
    this.#wanted = { since, filter, url, pageSize, place, name }
    this.#leaveOut = leaveOutOf(options.leaveOut)
    refuseUnusable(options, place)
    const login = loginOptions(options, url, place)
    const lockout = lockoutOf(url.origin, options.username, options.password)
    this.#client = { url, timeout, tls, place, format, filter, lockout, connected, ...login }
    this.#login = new LoginNotice(url)
    this.#map = compileMapping(options.mapping, `${place}.mapping`)
    this.#pageSize = new PageSize(pageSize)
    this.#unverified = new Unverified(this.#client, 'password')
  }

  async *check(
    stored: string | undefined,
    signal: AbortSignal,
    connect: boolean,
  ): AsyncGenerator<CheckStep> {
    const { url } = this.#client
    let begun: Beginning | undefined
    yield await run(
      'url',
      async () => {
        begun = this.#begin(stored)
        return url.href
      },
      url,
    )
    if (!begun) return
    const { checkpoint, notices } = begun
    if (checkpoint.filter) {
      const detail = [checkpoint.filter.text, ...this.#doubts()].join('; ')
      yield { name: 'filter', ok: true, detail, milliseconds: 0 }
    }
    const { tls, place } = this.#client
    const files = () => describeTlsFiles(tls, `${place}.tls`)
    const certificates = await run('certificates', files, url)
    yield certificates
    if (!certificates.ok) return
    const goesOn = checkpoint.mark === undefined ? [] : ['goes on after the stored mark']
    const detail = [...goesOn, ...notices.map(({ message }) => message)].join('; ')
    yield { name: 'start', ok: true, detail, milliseconds: 0 }
    if (!connect) return
    const api = new IntegrationApi(this.#client)
    try {
      yield* checkApi(api, this.#client, checkpoint, signal)
    } finally {
      await api.close()
    }
  }

  async *batches(stored: string | undefined, signal: AbortSignal): AsyncGenerator<Batch> {
    // Made anew with each run, so that a certificate file that was put right is read again.
    const api = new IntegrationApi(this.#client)
    this.#api = api
    try {
      const begun = this.#begin(stored)
      let { checkpoint } = begun
      const opening = this.#opening(begun)
      if (opening) yield opening
      while (!signal.aborted) {
        checkpoint = yield* this.#round(api, checkpoint, signal)
        await sleep(this.#options.interval, undefined, { signal })
      }
    } catch (thrown) {
      if (!signal.aborted) throw thrown
    } finally {
      await api.close()
    }
  }

  async remap(reject: StoredReject): Promise<Lines> {
    return activityLine(reject, { profile: this.#options.profile, map: this.#map })
  }

  async close(): Promise<void> {
    await this.#api?.close()
  }

  #begin(stored: string | undefined): Beginning {
    return beginning(stored, this.#wanted, Date.now())
  }

  /**
   * A first batch without lines, that stores where the run begins before anything is asked for; only
   * where there is something to store or to say, as every batch tells the loop that all is well.
   */
  #opening({ checkpoint, notices }: Beginning): Batch | undefined {
    const said = [...this.#reminders(), ...notices]
    if (said.length === 0) return undefined
    return { ...nothing(said), checkpoint: writeCheckpoint(checkpoint) }
  }

  /** Fetches pages until one is empty or its mark leads nowhere; returns the last checkpoint. */
  async *#round(
    api: IntegrationApi,
    start: Checkpoint,
    signal: AbortSignal,
  ): AsyncGenerator<Batch, Checkpoint> {
    const loop = new MarkLoop(start.mark)
    const { profile } = this.#options
    let checkpoint = start
    for (;;) {
      const { records, mark } = await this.#fetch(api, checkpoint, signal)
      if (records.length === 0) {
        // Says that the server is well, and carries what is to be said again.
        yield nothing(this.#reminders())
        return checkpoint
      }
      const origin = api.address(checkpoint.mode).pathname
      const batch = activityBatch(records, {
        profile,
        map: this.#map,
        receivedAt: Date.now(),
        origin,
        leaveOut: this.#leaveOut,
      })
      const moved = mark !== undefined && loop.moves(mark)
      if (mark !== undefined) checkpoint = { ...checkpoint, mark }
      const notices = this.#reminders()
      if (!moved) notices.push(markStuck(api.address(checkpoint.mode), records.length, mark))
      yield { ...batch, checkpoint: writeCheckpoint(checkpoint), notices }
      if (!moved) return checkpoint
    }
  }

  /** One page of the size that the server can bear. */
  async #fetch(api: IntegrationApi, checkpoint: Checkpoint, signal: AbortSignal): Promise<Page> {
    const { size } = this.#pageSize
    const start = performance.now()
    try {
      const page = await api.page(checkpoint, size, signal)
      const took = performance.now() - start
      this.#pageSize.answered(page.records.length, took, this.#options.timeout)
      return page
    } catch (thrown) {
      if (!isCeflineError(thrown)) throw thrown
      if (thrown.code === 'timeout') this.#pageSize.timedOut()
      else if (thrown.code === 'too-large') this.#pageSize.tooLarge()
      else throw thrown
      const next = this.#pageSize.size
      const isOne = thrown.code === 'too-large' && size === 1
      const then = isOne
        ? 'one record alone: nothing behind it is reached while the server gives it; a filter ' +
          '(Who, What, DataSource) can leave it out'
        : `a page of ${size} records; the next try asks for ${next}`
      throw error(thrown.code, `${thrown.message} (${then})`, {
        cause: thrown.cause,
        retryAfter: thrown.retryAfter,
      })
    }
  }

  /** What the log is reminded of while it lasts. */
  #reminders(): Notice[] {
    const now = Date.now()
    return [
      ...this.#unverified.take(now),
      ...(this.#doubtful.due(now) ? this.#doubts().map(doubtfulFilter) : []),
      ...this.#login.news(this.#api?.login),
    ]
  }

  #doubts(): readonly string[] {
    return this.#wanted.filter?.warnings ?? []
  }
}

function nothing(notices: Notice[]): Batch {
  return { read: 0, lines: noLines, rejects: [], ignored: 0, notices }
}
