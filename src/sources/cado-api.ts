/**
 * Fetches the timelines of a Cado platform's evidence by its REST API v3, each when its processing is
 * complete, and again when processing that was run once more is.
 *
 * After every `interval` it looks at the projects that the token sees (or those of `projects`), their
 * evidence and the runs of its processing (`cado/plan.ts` decides), and fetches one timeline after the
 * other, page by page. Every page is committed with the place that follows it, so after any crash the
 * last pages are fetched again and add nothing: an event is known by what it says (`timeline/identity.ts`),
 * not by the number that the platform gave it, as that is another one after each processing. So a re-run
 * adds only what is new.
 *
 * A first start fetches all that is there, or with `since` what was processed from then on. A run that
 * failed is said, with the tasks that did; its timeline is fetched with `partial` only.
 *
 * Waiting is the loop's: whatever goes wrong is thrown, with the place as it was; the timeline that it
 * went wrong with is then the last in turn.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { describePlatform } from '../cado/check.ts'
import { firstCheckpoint, forgetGone, readCheckpoint, writeCheckpoint } from '../cado/checkpoint.ts'
import type { Checkpoint } from '../cado/checkpoint.ts'
import { CadoApi } from '../cado/client.ts'
import type { ClientOptions } from '../cado/client.ts'
import * as notices from '../cado/notices.ts'
import { readUrl, refuseUnusable } from '../cado/options.ts'
import type { Options } from '../cado/options.ts'
import { PageRows } from '../cado/page-rows.ts'
import { TimelinePages } from '../cado/pages.ts'
import { platform } from '../cado/peer.ts'
import { whyFailed } from '../cado/pipelines.ts'
import { inOrder, judge } from '../cado/plan.ts'
import type { Due } from '../cado/plan.ts'
import { survey } from '../cado/survey.ts'
import { Untold } from '../cado/untold.ts'
import { walkTimeline } from '../cado/walk.ts'
import type { Batch, CheckStep, Notice, Source, SourceContext, StoredReject } from '../core.ts'
import { checkWay, run } from '../http/check.ts'
import { proxyFor } from '../http/proxy.ts'
import { Reminder } from '../http/reminder.ts'
import { Unverified } from '../http/unverified.ts'
import { noLines } from '../io/lines.ts'
import type { Lines } from '../io/lines.ts'
import { describeTlsFiles } from '../io/tls-description.ts'
import { compileTimelineMapping } from '../mappings/cado.ts'
import type { TimelineMapper } from '../mappings/cado.ts'
import { remapTimeline } from '../timeline/remap.ts'

export { schema } from '../cado/options.ts'
export type { Options }

/** ms between two words of how far a timeline is. */
const progressEvery = 30_000

/** Throws `config` for options that are each well formed and cannot be used. */
export function create(options: Options, context: SourceContext): Source {
  return new CadoTimelines(options, context)
}

class CadoTimelines implements Source {
  readonly #options: Options
  readonly #place: string
  readonly #client: ClientOptions
  readonly #map: TimelineMapper
  readonly #pages: TimelinePages
  readonly #untold = new Untold()
  readonly #unverified: Unverified
  /** Timelines whose last fetch failed, by evidence: how often. */
  readonly #failures = new Map<number, number>()
  #api: CadoApi | undefined

  constructor(options: Options, { name, connected }: SourceContext) {
    const place = `sources.${name}`
    const { token, timeout, tls, pageSize } = options
    const url = readUrl(options, place)
    refuseUnusable(options, place)
    const proxy = proxyFor(url, options.proxy ?? null, place)
    this.#options = options
    this.#place = place
    const peer = platform
    this.#client = { url, token: token.trim(), timeout, tls, place, peer, proxy, connected }
    this.#map = compileTimelineMapping(options.mapping, `${place}.mapping`)
    this.#pages = new TimelinePages(pageSize, timeout)
    this.#unverified = new Unverified(this.#client, 'token')
  }

  async *check(
    stored: string | undefined,
    signal: AbortSignal,
    connect: boolean,
  ): AsyncGenerator<CheckStep> {
    const { url, tls, place } = this.#client
    let checkpoint: Checkpoint | undefined
    const read = async () => {
      checkpoint = this.#begin(stored)
      return url.href
    }
    yield await run('url', read, url, platform)
    if (!checkpoint) return
    const files = () => describeTlsFiles(tls, `${place}.tls`)
    const certificates = await run('certificates', files, url, platform)
    yield certificates
    if (!certificates.ok || !connect) return
    for await (const step of checkWay(url, this.#client, signal)) {
      yield step
      if (!step.ok) return
    }
    const api = new CadoApi(this.#client)
    const begun = checkpoint
    const look = () => describePlatform(api, begun, this.#options, signal)
    try {
      yield await run('projects', look, url, platform)
    } finally {
      await api.close()
    }
  }

  async *batches(stored: string | undefined, signal: AbortSignal): AsyncGenerator<Batch> {
    // Made anew with each run, so that a certificate file that was put right is read again.
    const api = new CadoApi(this.#client)
    this.#api = api
    try {
      const checkpoint = this.#begin(stored)
      // A first start fixes how far it looks back before anything is asked.
      if (stored === undefined) yield this.#nothing(checkpoint)
      while (!signal.aborted) {
        yield* this.#round(api, checkpoint, signal)
        await sleep(this.#options.interval, undefined, { signal })
      }
    } catch (thrown) {
      if (!signal.aborted) throw thrown
    } finally {
      await api.close()
    }
  }

  async remap(reject: StoredReject): Promise<Lines> {
    const { profile, severity, mapping } = this.#options
    const reading = { format: 'cado' as const, timezone: 'UTC', profile, severity }
    const given = mapping === undefined ? reading : { ...reading, mapping }
    return remapTimeline(reject, given, notices.evidenceOf(reject.origin))
  }

  async close(): Promise<void> {
    await this.#api?.close()
  }

  #begin(stored: string | undefined): Checkpoint {
    const { url } = this.#client
    if (stored === undefined) return firstCheckpoint(url.href, this.#options.since, Date.now())
    const checkpoint = readCheckpoint(stored, this.#place)
    if (checkpoint.url === url.href) return checkpoint
    this.#untold.add(notices.urlChanged(checkpoint.url, url.href))
    return { url: url.href, from: checkpoint.from, evidence: new Map() }
  }

  /** Fetches all that is due now. The checkpoint goes along with what is committed. */
  async *#round(
    api: CadoApi,
    checkpoint: Checkpoint,
    signal: AbortSignal,
  ): AsyncGenerator<Batch, void> {
    const due = await this.#look(api, checkpoint, signal)
    for (const one of inOrder(due, this.#failures)) {
      yield* this.#timeline(api, one, checkpoint, signal)
    }
    // Says that the platform is well, and what there is to say.
    yield this.#nothing(checkpoint)
  }

  /** What is due. What is to be said waits for the next batch: one without lines before the first page
   * would tell the loop that all is well. */
  async #look(api: CadoApi, checkpoint: Checkpoint, signal: AbortSignal): Promise<Due[]> {
    const { from, evidence } = checkpoint
    const { partial } = this.#options
    const seen = await survey(api, this.#options.projects, signal)
    if (seen.missing.length > 0) this.#untold.add(notices.missingProjects(seen.missing))
    if (seen.refused.length > 0) this.#untold.add(notices.refusedProjects(seen.refused))
    const due: Due[] = []
    let old = 0
    for (const { item, runs } of seen.evidence) {
      const verdict = judge(runs, evidence.get(item.id), { from, partial })
      if (verdict.isTooOld) old += 1
      if (verdict.isUnprocessed) this.#untold.add(notices.unprocessed(item))
      if (verdict.waiting) this.#untold.add(notices.waiting(item, verdict.waiting))
      if (verdict.failed) {
        const why = await whyFailed(api, verdict.failed.id, signal)
        this.#untold.add(notices.failed(item, verdict.failed, why, partial))
        evidence.set(item.id, { ...evidence.get(item.id), said: verdict.failed.key })
      }
      if (verdict.due) due.push({ item, run: verdict.due })
    }
    if (old > 0) this.#untold.add(notices.tooOld(old, from))
    const there = new Set(seen.evidence.map(({ item }) => item.id))
    forgetGone(checkpoint, there)
    return due
  }

  async *#timeline(
    api: CadoApi,
    { item, run }: Due,
    checkpoint: Checkpoint,
    signal: AbortSignal,
  ): AsyncGenerator<Batch> {
    const { profile, severity } = this.#options
    const evidence = { id: item.id, name: item.name }
    const origin = { name: notices.nameOf(item), receivedAt: Date.now(), evidence }
    const rows = new PageRows({ origin, map: this.#map, profile, severity })
    const reminder = new Reminder(progressEvery)
    reminder.due(Date.now())
    const isDue = () => reminder.due(Date.now())
    const standing = checkpoint.evidence.get(item.id) ?? {}
    const walk = { api, pages: this.#pages, item, run, standing, rows, isDue }
    try {
      for await (const { batch, standing } of walkTimeline(walk, signal)) {
        checkpoint.evidence.set(item.id, standing)
        const said = [...this.#said(), ...(batch.notices ?? [])]
        yield { ...batch, notices: said, checkpoint: writeCheckpoint(checkpoint) }
      }
      this.#failures.delete(item.id)
    } catch (thrown) {
      if (signal.aborted) throw thrown
      this.#failures.set(item.id, (this.#failures.get(item.id) ?? 0) + 1)
      // What is to be said of other evidence does not wait until this timeline can be had.
      if (this.#untold.waits) yield this.#nothing(checkpoint)
      throw thrown
    }
  }

  #nothing(checkpoint: Checkpoint): Batch {
    const written = writeCheckpoint(checkpoint)
    const none = { read: 0, lines: noLines, rejects: [], ignored: 0 }
    return { ...none, notices: this.#said(), checkpoint: written }
  }

  #said(): Notice[] {
    return [...this.#unverified.take(Date.now()), ...this.#untold.take()]
  }
}
