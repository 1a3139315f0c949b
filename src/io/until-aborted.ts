/**
 * Waiting for work that cannot be aborted itself, such as opening a file on a share that is gone.
 */

/** What `work` comes to; throws the signal's reason when that is aborted before, and the work is left
 * to itself. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
