import { setTimeout as pause } from 'node:timers/promises'

/** The other side of a race: resolves after so many ms, and keeps no process alive for it. */
export async function atMost(milliseconds: number): Promise<void> {
  await pause(milliseconds, undefined, { ref: false })
}
