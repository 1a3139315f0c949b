/**
 * One page of an evidence item's timeline, of a size that the platform can bear: fewer events after a
 * time-out or an answer that was too large, and more again later; never more than a size it refused.
 */
import { error, isCeflineError } from '../error.ts'
import { PageSize } from '../http/page-size.ts'
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
      const answer = await api.get('timeline', query, signal)
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
      throw this.#smaller(thrown, size, cursor === undefined)
    }
  }

  /** With a cursor it is the cursor that is refused: the size was good for the page before. */
  #smaller(thrown: unknown, size: number, isFirst: boolean): unknown {
    if (!isCeflineError(thrown)) return thrown
    if (thrown.code === 'timeout') this.#size.timedOut()
    else if (thrown.code === 'too-large') this.#size.tooLarge()
    else if (thrown.code === 'bad-request' && isFirst && size > defaultSize) {
      this.#size = new PageSize(Math.max(defaultSize, Math.floor(size / 2)))
    } else return thrown
    const next = this.#size.size
    return error(
      thrown.code,
      `${thrown.message} (a page of ${size} events; the next try asks for ${next})`,
      { cause: thrown.cause, retryAfter: thrown.retryAfter },
    )
  }
}
