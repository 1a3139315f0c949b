/**
 * Whether a receiver that has answered half-closes before still does: it is asked by the half-close
 * of an empty connection. The kernel of one that hangs takes connections and bytes as before.
 */
import { answersOf } from './answers.ts'
import { openConnection } from './open-connection.ts'
import { unanswered } from './failure.ts'
import { proveRead } from './half-close.ts'
import type { Target } from './target.ts'
import { until } from './until.ts'

/** Throws when it is not answered, so that nothing is sent to a receiver that does not read. */
export async function knock(target: Target, signal: AbortSignal): Promise<void> {
  const answers = answersOf(target)
  const connection = await openConnection(target, signal)
  try {
    const { patience } = answers
    const answer = await until(proveRead(connection, patience), signal)
    // A missing TIME_WAIT says nothing of its being alive.
    if (answer !== 'read' && answer !== 'unlisted') throw unanswered(target, answer, patience)
    answers.alive()
  } finally {
    connection.destroy()
  }
}
