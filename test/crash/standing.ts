/**
 * What runs and is mounted must not outlive this process: on a signal everything that stands is
 * closed before it ends, and nothing more is made.
 */
const closes = new Set<() => Promise<void>>()
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
let isEnding = false

/** Has `close` called on a signal; gives what ends that. Throws when this process is ending. */
export function closeOnSignal(close: () => Promise<void>): () => void {
  if (isEnding) throw new Error('this process is ending')
  if (closes.size === 0) for (const signal of signals) process.on(signal, end)
  closes.add(close)
  return () => {
    closes.delete(close)
    if (closes.size === 0) for (const signal of signals) process.off(signal, end)
  }
}

function end(): void {
  isEnding = true
  void Promise.allSettled([...closes].map((close) => close())).then(() => process.exit(1))
}
