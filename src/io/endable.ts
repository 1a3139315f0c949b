/**
 * An iterable that waits for something and ends as soon as its reader goes. `return` of a generator
 * comes to its turn only when what the generator waits for has come; here it ends the wait.
 */

/** `begin` is given a signal that is aborted when the reader goes, and with `signal`. */
export function endable<T>(
  begin: (signal: AbortSignal) => AsyncIterable<T>,
  signal: AbortSignal,
): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      const gone = new AbortController()
      const iterator = begin(AbortSignal.any([signal, gone.signal]))[Symbol.asyncIterator]()
      return {
        next: () => iterator.next(),
        return: async () => {
          gone.abort()
          return (await iterator.return?.()) ?? { done: true, value: undefined }
        },
      }
    },
  }
}
