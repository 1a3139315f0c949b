/**
 * What the commands' definitions have in common.
 */

/** How a command ended. */
export interface Ended {
  /** The exit code. */
  code: number
  /** The process cannot end in order. */
  isStuck?: boolean
  /** Nothing that is left may hold up the end. */
  isFinal?: boolean
}

export interface Context {
  /** Path given by `--config`. */
  config: () => string | undefined
  end: (ended: number | Ended) => void
}
