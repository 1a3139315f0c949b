/**
 * The request for a page of activity records: pure, and without what the login adds.
 *
 * Source: Netwrix Auditor documentation, "Integration API" (Endpoints, Continuation Mark, Search
 * Parameters).
 */
import type { Checkpoint } from './checkpoint.ts'

export interface PageRequest {
  method: 'GET' | 'POST'
  /** With the query. */
  path: string
  headers: Record<string, string>
  body?: string
}

/** For the next `count` records after the checkpoint; `address` is the endpoint's. */
export function pageRequest(address: URL, checkpoint: Checkpoint, count: number): PageRequest {
  const path = `${address.pathname}?format=json&count=${count}`
  const accept = 'application/json'
  const body = bodyOf(checkpoint)
  if (body === undefined) return { method: 'GET', path, headers: { accept } }
  const headers = { accept, 'content-type': 'application/json; charset=UTF-8' }
  return { method: 'POST', path, headers, body }
}

/**
 * What is posted: for `enum` the bare mark as a JSON string (nothing before there is one: GET), for
 * `search` the filter with every page, as a mark does not hold it. Slashes are escaped, which the
 * documentation asks for and JSON allows.
 */
function bodyOf({ mode, from, mark }: Checkpoint): string | undefined {
  if (mode === 'enum' && mark === undefined) return undefined
  const value =
    mode === 'enum' ? mark : { ContinuationMark: mark, FilterList: { When: { From: from } } }
  return JSON.stringify(value).replaceAll('/', '\\/')
}
