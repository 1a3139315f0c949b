/**
 * Lines in the spool that nobody reads: of a source, or to be sent once more to a destination, that
 * the configuration does not have any more. They are kept and take room until somebody decides.
 */
import { retryPrefix } from './take-back.ts'

/** What is kept, why it is not sent, and what to do. */
export function strandedText(queue: string, lines: number): string {
  const isRetry = queue.startsWith(retryPrefix)
  const name = isRetry ? queue.slice(retryPrefix.length) : queue
  const whose = isRetry
    ? `to be sent once more to a destination "${name}"`
    : `of a source "${name}"`
  return `the spool holds ${lines} ${lines === 1 ? 'line' : 'lines'} ${whose} that the configuration does not have: they are kept and not sent until it has that name again; "cefline spool export ${queue}" writes them out`
}
