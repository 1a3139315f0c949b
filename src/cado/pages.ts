/**
 * One page of an evidence item's timeline, of a size that the platform can bear: fewer events after a
 * time-out or an answer that was too large, and more again later; never more than a size it refused.
 *
 * A 400 may be to the size or to the cursor. It is to the size while no page of that size has come, also
 * right after a restart in mid timeline: taken for the cursor's, it would begin the timeline anew.
 */
import { error, isCeflineError } from '../error.ts'
import type { CeflineError } from '../error.ts'
import { PageSize } from '../http/page-size.ts'
import { largestRecord } from '../http/wire.ts'
import { listOf, wholeOf } from './answer.ts'
import type { CadoApi } from './client.ts'
import type { EvidenceItem } from './evidence.ts'

export interface Page {
  rows: unknown[]
  /** Cursor of the page behind it; undefined: it is the last one. */
  next: string | undefined
  /** Events of the whole timeline, where the platform says. */
  total: number | undefined
}

/** What the API itself asks for at once when it is not told. A size below is not what is refused. */
const defaultSize = 100

export class TimelinePages {
  readonly #timeout: number
  #size: PageSize
  /** The largest that was answered. */
  #good = defaultSize

  /** `timeout` in ms. */
  constructor(largest: number, timeout: number) {
    this.#timeout = timeout
    this.#size = new PageSize(largest)
  }

  /** No cursor: the first one. Throws what `api.get` throws. */
  async page(
    api: CadoApi,
    { id, project }: EvidenceItem,
    cursor: string | undefined,
    signal: AbortSignal,
  ): Promise<Page> {
    const { size } = this.#size
    const query = {
      project_id: project.id,
      search_text: `evidence_id: ${id}`,
      order_by: 'timestamp',
      per_page: size,
      // Else it would stand among the recent searches of the token's user.
      ignore_cache: true,
      cursor,
    }
    const start = performance.now()
    try {
      // One event alone cannot be had in smaller pieces.
      const maxAnswer = size === 1 ? largestRecord : undefined
      const answer = await api.get('timeline', query, signal, maxAnswer)
      this.#good = Math.max(this.#good, size)
      const place = api.place('timeline')
      const rows = listOf(answer, place)
      this.#size.answered(rows.length, performance.now() - start, this.#timeout)
      const { pagination } = answer
      if (Object.keys(pagination).length === 0) {
        throw error(
          'bad-answer',
          `${place} gave ${rows.length} events without pagination, so nobody knows whether there ` +
            'are more behind them: is the platform older than its API v3?',
        )
      }
      const next = pagination['next_token']
      return {
        rows,
        next: typeof next === 'string' && next !== '' ? next : undefined,
        total: wholeOf(pagination['total_records']),
      }
    } catch (thrown) {
      throw isCeflineError(thrown) ? this.#smaller(thrown, size) : thrown
    }
  }

  /** A size that is refused is `too-large` as well: `bad-request` is left for a cursor. */
  #smaller(thrown: CeflineError, size: number): CeflineError {
    const isRefused = thrown.code === 'bad-request' && size > this.#good
    if (thrown.code === 'timeout') this.#size.timedOut()
    else if (thrown.code === 'too-large') this.#size.tooLarge()
    else if (isRefused) this.#size = new PageSize(Math.max(defaultSize, Math.floor(size / 2)))
    else return thrown
    const isOne = thrown.code === 'too-large' && size === 1
    const then = isOne
      ? 'one event alone, behind the last one that was fetched: nothing after it is reached while the ' +
        'platform gives it'
      : `a page of ${size} events; the next try asks for ${this.#size.size}`
    return error(isRefused ? 'too-large' : thrown.code, `${thrown.message} (${then})`, {
      cause: thrown.cause,
      retryAfter: thrown.retryAfter,
    })
  }
}
