/**
 * A whole listing of the API, page by page (`page` from 1, `total_pages`). The API does not say what
 * `per_page` may be at most, so a server that gives fewer is fine: the end is where it says the last page
 * is, or an empty page.
 *
 * Entries may move between two pages while they are read: one that comes twice counts once, and one
 * that is missed comes with the next round, so nobody may take what is not listed for gone. A page on which nothing is new ends it with an error, as
 * else it would go on for ever.
 */
import { error } from '../error.ts'
import { isJson, listOf, wholeOf } from './answer.ts'
import type { Json } from './answer.ts'
import type { CadoApi, Query } from './client.ts'

const perPage = 100
/** 200,000 entries: more is no listing but an endless one. */
const mostPages = 2_000

/** `idOf` gives an entry's id; entries without one are left out. */
export async function listAll(
  api: CadoApi,
  path: string,
  query: Query,
  idOf: (entry: Json) => number | undefined,
  signal: AbortSignal,
): Promise<Json[]> {
  const place = api.place(path)
  const found = new Map<number, Json>()
  for (let page = 1; page <= mostPages; page += 1) {
    const answer = await api.get(path, { ...query, page, per_page: perPage }, signal)
    const entries = listOf(answer, place)
    const before = found.size
    let named = 0
    for (const entry of entries) {
      const id = isJson(entry) ? idOf(entry) : undefined
      if (id === undefined) continue
      named += 1
      if (!found.has(id)) found.set(id, entry as Json)
    }
    const last = wholeOf(answer.pagination['total_pages'])
    if (entries.length === 0 || (last !== undefined && page >= last)) return [...found.values()]
    if (named === 0) {
      throw error('bad-answer', `${place} gave ${entries.length} entries of which none has an id`)
    }
    if (found.size === before) {
      // Without a number of pages this is how a server ends that gives its last page again.
      if (last === undefined) return [...found.values()]
      throw error('mark-stuck', `${place} gave page ${page} of ${last} with nothing new on it`)
    }
  }
  throw error('bad-answer', `${place} gave ${mostPages} pages and does not end`)
}
