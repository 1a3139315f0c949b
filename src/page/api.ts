/**
 * What the page asks of the appliance it came from, and nothing of anybody else. An answer other
 * than success is thrown, with the appliance's own sentence.
 */
import type { History, ListedReject, PassedEvent, Range, TestStep } from './shapes.ts'

type Query = Record<string, string | number | undefined>

/** Of the appliance, also behind a proxy that shows it under a path; never with user information,
 * which `fetch` refuses. What is undefined or empty is left out of the query. */
export function address(path: string, query: Query = {}): string {
  const url = new URL(path, location.origin + location.pathname)
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') url.searchParams.set(name, String(value))
  }
  return url.href
}

export function readHistory(range: Range): Promise<History> {
  return read('api/history', { range })
}

export interface EventQuery {
  source: string
  destination: string
  /** The least CEF severity. */
  severity: number
  text: string
}

/** The latest that match, newest first. */
export async function readEvents(query: EventQuery, limit: number): Promise<PassedEvent[]> {
  const { severity, ...rest } = query
  const asked = { ...rest, limit, severity: severity === 0 ? undefined : severity }
  return (await read<{ events: PassedEvent[] }>('api/events', asked)).events
}

export interface RejectFilter {
  source: string
  code: string
}

/** At most `limit` with numbers above `after`, in their order. */
export function readRejects(
  filter: RejectFilter,
  after: number,
  limit: number,
): Promise<ListedReject[]> {
  return read('api/rejects', { ...filter, after, limit })
}

/** Sends a test event; each step as it comes. */
export async function* sendTest(
  destination: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<TestStep> {
  const answer = await fetch(address('api/test'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(destination === undefined ? {} : { destination }),
    signal,
  })
  if (!answer.ok || !answer.body) throw await refusal(answer)
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value = '' } = await reader.read()
    const lines = (rest + value).split('\n')
    rest = done ? '' : (lines.pop() ?? '')
    for (const line of lines) if (line !== '') yield JSON.parse(line) as TestStep
    if (done) return
  }
}

async function read<Answer>(path: string, query: Query): Promise<Answer> {
  const answer = await fetch(address(path, query))
  if (!answer.ok) throw await refusal(answer)
  return (await answer.json()) as Answer
}

/** The sentence of an answer that is none: as JSON (`message`) or as text. */
async function refusal(answer: Response): Promise<Error> {
  const text = (await answer.text()).trim()
  const sentence = sentenceIn(text) ?? text
  return new Error(sentence === '' ? `the appliance answered ${answer.status}` : sentence)
}

function sentenceIn(text: string): string | undefined {
  try {
    const { message } = JSON.parse(text) as { message?: unknown }
    return typeof message === 'string' ? message : undefined
  } catch {
    return undefined
  }
}
