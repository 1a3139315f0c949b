/**
 * Waiting for something to happen, without polling: `ring` wakes everyone who waits. Nothing of a
 * wait is left behind when it ends, however it ends.
 */
export class Bell {
  readonly #waiting = new Set<() => void>()

  get waiting(): number {
    return this.#waiting.size
  }

  ring(): void {
    for (const wake of [...this.#waiting]) wake()
  }

  /** Resolves at the next ring, or after `milliseconds`; rejects with the signal's reason. */
  wait(signal: AbortSignal, milliseconds?: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error)
        return
      }
      const end = () => {
        this.#waiting.delete(wake)
        clearTimeout(timer)
        signal.removeEventListener('abort', aborted)
      }
      const wake = () => {
        end()
        resolve()
      }
      const aborted = () => {
        end()
        reject(signal.reason as Error)
      }
      const timer = milliseconds === undefined ? undefined : setTimeout(wake, milliseconds)
      this.#waiting.add(wake)
      signal.addEventListener('abort', aborted)
    })
  }
}
