/**
 * The receipt of plain TCP and TLS: proof that the receiving program has read every byte of a
 * connection. We close our side and the peer answers with its FIN; a program does that when it has
 * read to the end, and the kernel of one that was killed with data unread answers with RST.
 *
 * A FIN can also be one that was sent before ours arrived, with all that we had just written unread:
 * Node then reports `finish`, `end` and no error, exactly as for a good answer, and `libuv` may even
 * report the RST that follows as an end. Two rules hold that off. The connection must have been open
 * and silent for two round trips before. And on Linux the kernel's table must say in what state the
 * answer left our side (RFC 9293 section 3.6):
 *
 * - TIME_WAIT: our FIN was taken by a living connection, and the peer's came after it. Where the
 *   peer's came first, or RST followed, our side never comes there.
 * - Over TLS, where close_notify goes alone and our FIN is held back: CLOSE_WAIT with everything
 *   acknowledged, close_notify included. RST, which is what a program that ends with data unread
 *   leaves behind, would have removed the connection from the table.
 *
 * A peer that answers close_notify by its own and no FIN, or not at all, is sent ours after a while.
 * Where the kernel shows no table, as was seen before the closing, the first rule stands alone.
 */
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { tcpRow } from '../../io/tcp-table.ts'
import type { TcpRow } from '../../io/tcp-table.ts'
import type { Connection } from './connection.ts'

/**
 * `read`: proven. `silent`: everything is with the peer's kernel, and no answer. `reset`: RST in
 * answer. `unlisted`: closed, but not by way of the states above. `stuck`: not even the kernel took
 * everything.
 */
export type Answer = 'read' | 'silent' | 'reset' | 'unlisted' | 'stuck'

export type NoProof = Exclude<Answer, 'read'>

/** ms from one look to the next, doubled each time, and how often a line may be missed. */
const look = { first: 2, most: 500, missed: 3 }
/** ms after close_notify, or after the peer's own, that its FIN is waited for with ours held back. */
const held = 1000

/**
 * Closes our side of the connection, to which nothing is written any more, and waits for the answer,
 * for `patience` ms since something was last seen to move. Throws when it broke before that.
 */
export async function proveRead(connection: Connection, patience: number): Promise<Answer> {
  await connection.silence()
  const isListed = (await rowOf(connection)) !== undefined
  // Timers run before sockets: after a pause of this process (a frozen machine) the peer's FIN or RST
  // may lie there unread, and must come first. One turn reads it, the next has its events.
  await turn()
  await turn()
  connection.failed.throwIfAborted()
  return closeAndWait(connection, patience, isListed)
}

/** The second part of `proveRead`, without the silence; for its test. */
export async function closeAndWait(
  connection: Connection,
  patience: number,
  isListed: boolean,
): Promise<Answer> {
  let answer: Answer | undefined
  if (connection.isSecure) {
    connection.notify()
    answer = await watch(connection, Math.min(held, patience / 2), isListed, beforeFin)
    if (answer === 'read' || answer === 'unlisted' || answer === 'reset') return answer
  }
  connection.halfClose()
  return watch(connection, patience, isListed, afterFin)
}

/** What this state says; undefined: nothing yet. */
type Judge = (row: TcpRow, connection: Connection) => 'read' | undefined

const beforeFin: Judge = ({ state, unacknowledged }, { isWritten }) =>
  state === 'close-wait' && unacknowledged === 0 && isWritten ? 'read' : undefined

const afterFin: Judge = ({ state }) => (state === 'time-wait' ? 'read' : undefined)

/** Looks again and again until the state says something, or nothing has moved for `patience`. */
async function watch(
  connection: Connection,
  patience: number,
  isListed: boolean,
  judge: Judge,
): Promise<Answer> {
  let moved = performance.now()
  let before = ''
  let missed = 0
  for (let wait = look.first; ; wait = Math.min(look.most, wait * 2)) {
    const row = isListed ? await rowOf(connection) : undefined
    // After a pause of this process, what the socket has to say comes first.
    await turn()
    if (connection.wasReset) return 'reset'
    connection.failed.throwIfAborted()
    const answer = row && judge(row, connection)
    if (answer) return answer
    if (!isListed && connection.isAnswered) return 'read'
    missed = row || !isListed ? 0 : missed + 1
    if (missed >= look.missed) return 'unlisted'
    const now = row ? `${row.state} ${row.unacknowledged}` : before
    if (before !== '' && now !== before) moved = performance.now()
    before = now
    if (performance.now() - moved >= patience) return verdict(row, isListed)
    await sleep(wait, undefined, { signal: connection.failed }).catch(() => {})
  }
}

/** Nothing has moved: how far did it come? Who has acknowledged our FIN has taken everything. */
function verdict(row: TcpRow | undefined, isListed: boolean): NoProof {
  if (!isListed || row?.state === 'fin-wait-2') return 'silent'
  return row?.state === 'last-ack' || row?.state === 'closing' ? 'unlisted' : 'stuck'
}

async function rowOf({ ends }: Connection): Promise<TcpRow | undefined> {
  return ends && (await tcpRow(ends))
}
