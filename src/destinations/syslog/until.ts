/**
 * Waiting for one thing or the end. `Promise.race` with a promise that lives as long as the
 * connection keeps a reaction of each call; this leaves nothing behind.
 */

/** Settles as `wait` does, or rejects with the signal's reason when that comes first. */
export async function until<T>(wait: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const ended = () => reject(signal.reason as Error)
    if (signal.aborted) ended()
    signal.addEventListener('abort', ended, { once: true })
    wait.then(resolve, reject).finally(() => signal.removeEventListener('abort', ended))
  })
}
