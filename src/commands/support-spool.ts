/**
 * What a support bundle has of the appliance and its spool: books, positions, counts and plots, with no
 * line, no record, and no value of one. What was asked for explicitly, the latest events, is apart.
 */
import type { Verbs } from '../control/verbs.ts'
import { error } from '../error.ts'
import { withoutValues } from '../telemetry/without-values.ts'

/** Rejects that are looked at for their reasons. */
const mostRejects = 10_000
/** Reasons that are shown of a kind. */
const mostReasons = 5
/** ms that the metrics are waited for. */
const longestWait = 5000

/** The state, without the values that its problems may quote. */
export async function statusOf(verbs: Verbs): Promise<object> {
  const status = await verbs.status({})
  const quiet = (text: string | undefined) => text && withoutValues(text)
  return {
    ...status,
    sources: status.sources.map((one) => ({ ...one, problem: quiet(one.problem) })),
    destinations: status.destinations.map((one) => ({ ...one, detail: quiet(one.detail) })),
    damaged: status.damaged.map((one) => ({ ...one, reason: quiet(one.reason) })),
  }
}

/** The listing, of each checkpoint its length only: it is another system's, and may be a key to it. */
export async function listingOf(verbs: Verbs): Promise<object> {
  const listing = await verbs.list({})
  return {
    ...listing,
    queues: listing.queues.map(({ checkpoint, ...queue }) => ({
      ...queue,
      checkpoint: checkpoint === undefined ? null : `${checkpoint.length} characters`,
    })),
    damaged: listing.damaged.map((one) => ({ ...one, reason: withoutValues(one.reason) })),
  }
}

interface Kind {
  code: string
  source: string
  destination: string | null
  count: number
  firstAt: string
  lastAt: string
  reasons: string[]
}

/** The oldest rejects by code and component, with their reasons as they are without values, file names
 * and numbers of rows. */
export async function rejectsOf(verbs: Verbs): Promise<object> {
  const rejects = await verbs.rejects({ limit: mostRejects })
  const kinds = new Map<string, Kind>()
  for (const { code, source, destination = null, reason, origin, row, at } of rejects) {
    const key = JSON.stringify([code, source, destination])
    const time = new Date(at).toISOString()
    const start = { code, source, destination, count: 0, firstAt: time, lastAt: time, reasons: [] }
    const kind: Kind = kinds.get(key) ?? start
    kinds.set(key, kind)
    kind.count += 1
    kind.lastAt = time
    const place = origin === '' ? reason : reason.replaceAll(origin, '(origin)')
    const text = withoutValues(place).replaceAll(String(row), 'N')
    if (kind.reasons.length < mostReasons && !kind.reasons.includes(text)) kind.reasons.push(text)
  }
  return { counted: rejects.length, most: mostRejects, kinds: [...kinds.values()] }
}

/** Of the running appliance, as Prometheus gets them; `page` is the url of its status page. */
export async function metricsOf(page: string | undefined): Promise<string> {
  if (page === undefined) {
    throw error('network', 'the appliance has no status page, as its log says; mend status.listen')
  }
  const url = new URL('metrics', page).href
  const cure = 'run this on the machine and in the network namespace of the appliance'
  const signal = AbortSignal.timeout(longestWait)
  const answer = await fetch(url, { signal }).catch((cause: unknown) => {
    throw error('network', `${url} does not answer; ${cure}`, { cause })
  })
  if (!answer.ok) throw error('server', `${url} answers ${answer.status}; look at its log`)
  return answer.text()
}

/** The latest lines: those that passed, or without an appliance the newest that the spool keeps. */
export async function latestEvents(verbs: Verbs, most: number, runs: boolean): Promise<string[]> {
  if (runs) {
    const lines: string[] = []
    for await (const { events } of verbs.tap({ latest: most, follow: false })) {
      lines.push(...events.map(({ cef }) => cef))
    }
    return lines.slice(-most)
  }
  const { queues } = await verbs.list({})
  let latest: { time: number; cef: string }[] = []
  for (const { queue } of queues) {
    for await (const lines of verbs.lines({ queue })) {
      latest = [...latest, ...lines].sort((a, b) => a.time - b.time).slice(-most)
    }
  }
  return latest.map(({ cef }) => cef)
}
