/** When it is tried again, for a log line. `wait` in ms; Infinity: not by itself. */
export function nextTry(wait: number): string {
  if (wait === Infinity) return 'waits for a changed configuration'
  return wait < 1000 ? 'tries again at once' : `tries again in ${Math.round(wait / 1000)} s`
}
