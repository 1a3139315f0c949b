/**
 * The request for a page of activity records: pure, and without what the login adds.
 *
 * Source: Netwrix Auditor documentation, "Integration API" (Endpoints, Continuation Mark, Search
 * Parameters).
 */
import type { Checkpoint } from './checkpoint.ts'
import { filterList, withFrom } from './filter.ts'
import type { Filter } from './filter.ts'
import { markXml, searchXml } from './request-xml.ts'

export interface PageRequest {
  method: 'GET' | 'POST'
  /** With the query. */
  path: string
  headers: Record<string, string>
  body?: string
}

/** How records are asked for, beside their place. */
export interface RequestForm {
  format?: 'json' | 'xml'
  /** The user's; sent again with every page, as a mark does not hold it. */
  filter?: Filter | undefined
}

/** For the next `count` records after the checkpoint; `address` is the endpoint's. */
export function pageRequest(
  address: URL,
  checkpoint: Checkpoint,
  count: number,
  { format = 'json', filter }: RequestForm = {},
): PageRequest {
  // `format=json` is the switch: without it questions and answers are XML.
  const path = `${address.pathname}?${format === 'json' ? 'format=json&' : ''}count=${count}`
  const accept = `application/${format}`
  const body = format === 'json' ? jsonOf(checkpoint, filter) : xmlOf(checkpoint, filter)
  if (body === undefined) return { method: 'GET', path, headers: { accept } }
  return {
    method: 'POST',
    path,
    headers: { accept, 'content-type': `${accept}; charset=UTF-8` },
    body,
  }
}

/**
 * What is posted: for `enum` the bare mark as a JSON string (nothing before there is one: GET), for
 * `search` mark and filter. Slashes are escaped, which the documentation asks for and JSON allows.
 */
function jsonOf({ mode, from, mark }: Checkpoint, filter: Filter | undefined): string | undefined {
  if (mode === 'enum' && mark === undefined) return undefined
  const value =
    mode === 'enum'
      ? mark
      : { ContinuationMark: mark, FilterList: filterList(withFrom(filter, from)) }
  return JSON.stringify(value).replaceAll('/', '\\/')
}

function xmlOf({ mode, from, mark }: Checkpoint, filter: Filter | undefined): string | undefined {
  if (mode === 'search') return searchXml(mark, withFrom(filter, from))
  return mark === undefined ? undefined : markXml(mark)
}
