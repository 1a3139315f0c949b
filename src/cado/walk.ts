/**
 * Fetches the timeline of one evidence item, from where its standing says to the end: each page is a
 * batch, with the standing that follows it.
 *
 * It ends where the platform gives no further cursor, or one that leads nowhere from an empty page when
 * all that was announced has come. Other cursors that go round in a circle, and pages with a cursor on
 * which nothing is new, are an error (`mark-stuck`), as they would be fetched for ever. A cursor that is
 * refused right after a restart is one that the platform has forgotten: the timeline is fetched from
 * its beginning. One that is refused when it was given a moment ago is an error, tried seldom when a
 * beginning anew has not helped.
 */
import type { Batch, Notice } from '../core.ts'
import type { CeflineError } from '../error.ts'
import { error, isCeflineError } from '../error.ts'
import { MarkLoop } from '../http/mark-loop.ts'
import { isJson } from './answer.ts'
import type { CadoApi } from './client.ts'
import type { Fetch, Standing } from './checkpoint.ts'
import type { EvidenceItem } from './evidence.ts'
import { begun, cursorLost, finished, incomplete, nameOf, progress } from './notices.ts'
import type { PageRows } from './page-rows.ts'
import type { Page, TimelinePages } from './pages.ts'
import type { Run } from './pipelines.ts'

export interface Walk {
  api: CadoApi
  pages: TimelinePages
  item: EvidenceItem
  run: Run
  standing: Standing
  /** Made anew for this walk. */
  rows: PageRows
  /** True when it is time to tell how far it is. */
  isDue(): boolean
}

export interface Step {
  batch: Batch
  standing: Standing
}

/** Pages without a row in the middle of a timeline, in a row. */
const mostEmpty = 10
/** ms: what a try does not cure. */
const seldom = 5 * 60_000

/** The batches have no checkpoint: the caller makes it of the standings. */
export async function* walkTimeline(walk: Walk, signal: AbortSignal): AsyncGenerator<Step> {
  const { item, run, rows, standing } = walk
  // Of another run nothing is left: its places may be gone, and what it gave is left out by the spool.
  const before = standing.fetch?.run === run.key ? standing.fetch : undefined
  let fetch: Fetch = before ?? { run: run.key, events: 0, anew: 0 }
  let { cursor, events } = fetch
  let instant: unknown
  let empty = 0
  const loop = new MarkLoop(cursor)
  let page = await first(walk, fetch, signal)
  if (isLost(page)) {
    fetch = { run: run.key, events: 0, anew: fetch.anew + 1 }
    cursor = undefined
    events = 0
    yield { batch: nothing([cursorLost(item, page.reason)]), standing: { ...standing, fetch } }
    page = await walk.pages.page(walk.api, item, undefined, signal)
  }
  const notices: Notice[] = before ? [] : [begun(item, run, page.total)]
  for (;;) {
    const { total } = page
    let { next } = page
    const { batch, fresh } = await rows.take(page.rows)
    if (next !== undefined && page.rows.length > 0 && fresh === 0) {
      throw stuck(walk, 'events that were all there before')
    }
    empty = page.rows.length === 0 ? empty + 1 : 0
    const nowhere = next === undefined ? undefined : leadsNowhere(loop, next, empty)
    if (nowhere !== undefined) {
      const isAll = empty > 0 && total !== undefined && events >= total
      if (!isAll) throw stuck(walk, nowhere)
      next = undefined
    }
    // Where the newest instant begins is where its alike rows are counted from.
    const last = instantOf(page.rows.at(-1))
    if (page.rows.length > 0 && last !== instant) {
      instant = last
      fetch = { ...fetch, events, ...(cursor === undefined ? {} : { cursor }) }
    }
    events += page.rows.length
    if (next === undefined) {
      const { rejected, repeated } = rows
      notices.push(finished(item, { events, rejected, repeated }))
      if (total !== undefined && total > events) notices.push(incomplete(item, events, total))
      const said = standing.said === undefined ? {} : { said: standing.said }
      yield { batch: { ...batch, notices }, standing: { ...said, whole: run.key } }
      return
    }
    if (walk.isDue()) notices.push(progress(item, events, total))
    yield { batch: { ...batch, notices: notices.splice(0) }, standing: { ...standing, fetch } }
    cursor = next
    page = await following(walk, fetch, cursor, signal)
  }
}

/** What the platform gives in place of a way on; undefined: the cursor may be followed. */
function leadsNowhere(loop: MarkLoop, next: string, empty: number): string | undefined {
  if (!loop.moves(next)) return 'a cursor that was there before'
  return empty > mostEmpty ? 'one empty page after the other' : undefined
}

/** The page at which it goes on; or the platform does not know its cursor any more. */
async function first(
  { api, pages, item }: Walk,
  { cursor }: Fetch,
  signal: AbortSignal,
): Promise<Page | Lost> {
  try {
    return await pages.page(api, item, cursor, signal)
  } catch (thrown) {
    if (cursor !== undefined && isRefused(thrown)) return { reason: thrown.message }
    throw thrown
  }
}

async function following(
  { api, pages, item }: Walk,
  { anew }: Fetch,
  cursor: string,
  signal: AbortSignal,
): Promise<Page> {
  try {
    return await pages.page(api, item, cursor, signal)
  } catch (thrown) {
    if (!isRefused(thrown)) throw thrown
    throw error(
      thrown.code,
      `${thrown.message} (a cursor in the timeline of ${nameOf(item)} that it gave itself)`,
      { cause: thrown.cause, ...(anew > 0 ? { retryAfter: seldom } : {}) },
    )
  }
}

/** As the platform answers to a cursor that it does not know. */
function isRefused(thrown: unknown): thrown is CeflineError {
  return isCeflineError(thrown) && (thrown.code === 'bad-request' || thrown.code === 'not-found')
}

interface Lost {
  reason: string
}

function isLost(page: Page | Lost): page is Lost {
  return 'reason' in page
}

function stuck({ api, item }: Walk, what: string): Error {
  return error(
    'mark-stuck',
    `${api.place('timeline')} gives for ${nameOf(item)} ${what}, so nothing behind them is reached: ` +
      'tried again only every 5 minutes, from the last good place',
    { retryAfter: seldom },
  )
}

/** As the platform wrote it: rows of one instant stand together. */
function instantOf(row: unknown): unknown {
  return isJson(row) ? row['timestamp'] : undefined
}

function nothing(notices: Notice[]): Batch {
  const bytes = Buffer.alloc(0)
  return { read: 0, lines: { count: 0, bytes, ids: bytes }, rejects: [], ignored: 0, notices }
}
