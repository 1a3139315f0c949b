/**
 * What each verb takes, as JSON Schema: a word too many or of the wrong kind is refused.
 */
import type { Verbs } from './verbs.ts'

const text = { type: 'string' }
const number = { type: 'integer', minimum: 0 }
const numbers = { type: 'array', items: number }

const choice = {
  numbers,
  all: { type: 'boolean' },
  source: text,
  destination: text,
  code: text,
}

const found = {
  type: 'array',
  items: query({ queue: text, sequence: number, reason: text }, ['queue', 'sequence', 'reason']),
}

export const querySchemas: Record<keyof Verbs, object> = {
  status: query({}),
  list: query({}),
  lines: query({ queue: text, destination: text }, ['queue']),
  setAside: query({ found }, ['found']),
  forget: query({ destination: text, who: text }, ['destination']),
  setCheckpoint: query(
    { source: text, checkpoint: text, replace: { type: 'boolean' }, who: text },
    ['source', 'checkpoint', 'replace'],
  ),
  rejects: query({ after: number, limit: number, source: text, destination: text, code: text }),
  records: query({ numbers }, ['numbers']),
  retry: query({ ...choice, who: text }),
  purge: query({ ...choice, who: text }),
  tap: query(
    {
      source: text,
      destination: text,
      severity: number,
      text,
      latest: number,
      follow: { type: 'boolean' },
    },
    ['follow'],
  ),
  test: query({ destination: text, timeout: number, who: text }, ['timeout']),
  history: query({ range: { enum: ['hour', 'day'] } }, ['range']),
  log: query({}),
}

function query(properties: object, required: string[] = []): object {
  return { type: 'object', additionalProperties: false, properties, required }
}
