/**
 * Everything that a running appliance can be asked for: the verbs of an open spool, and what only one
 * that runs has (events as they pass, a test event, the plots); behind the control socket for
 * commands, and behind the status page.
 */
import type { HistoryWatch } from './history-watch.ts'
import type { Running } from './running.ts'
import { tap, watch } from './tapping.ts'
import { sendTest } from './test-event.ts'
import type { Configuration } from '../config/load.ts'
import { Operations } from '../operations.ts'
import type { LmdbSpool } from '../spool/spool.ts'
import type { Asked } from '../status/asked.ts'
import type { Status } from '../status/status.ts'
import type { Events } from '../telemetry/events.ts'
import { lastLines } from '../telemetry/log.ts'

export interface LiveOptions {
  events: Events
  spool: LmdbSpool
  running: Running
  history: HistoryWatch
  /** The one in force. */
  configuration(): Configuration
  status(): Status
  /** Does the work while this source does not run. */
  hold<T>(source: string, work: () => Promise<T>): Promise<T>
  /** The appliance stops. */
  signal: AbortSignal
}

export interface Live {
  operations: Operations
  /** The same, as the page asks it. */
  asked: Asked
}

export function live(options: LiveOptions): Live {
  const { events, spool, running, history, signal } = options
  const { passing } = events
  const operations = new Operations({
    spool,
    remap: (source, reject) => running.remap(source, reject),
    status: () => options.status(),
    hold: (source, work) => options.hold(source, work),
    live: {
      tap: (query) => tap(query, { passing, running, signal, known: options.configuration() }),
      test: (query) => {
        const configuration = options.configuration()
        return sendTest(query, { events, spool, running, configuration, signal })
      },
      history: async ({ range }) => history.read(range),
      log: async () => lastLines(events.log),
    },
    changed: (kind, details) => events.telling.tell(kind, details),
  })
  const asked: Asked = {
    verbs: {
      status: () => operations.status(),
      rejects: (query) => operations.rejects(query),
      history: (query) => operations.history(query),
      test: (query) => operations.test(query),
      // Its choice may be of a source that is gone, whose events are among the latest.
      tap: (query) => tap(query, { passing, running, signal }),
    },
    watch: (most, signal) => watch({ passing, running, signal }, most),
  }
  return { operations, asked }
}
