/**
 * Syslog over TCP and TLS. At least once: a block gets its receipt when the receiving program has
 * read it, which its answer to a half-close proves (`rotation.ts`); with `receiptEvery: 0`, or
 * a receiver that does not answer, when the connection has lived on for `receiptAfter`
 * (`lived.ts`). When a connection breaks or the peer closes it, `deliver` throws, and all
 * blocks without a receipt are sent again, whole messages.
 */
import type { Block, Delivery, Proof } from '../../core.ts'
import { asCefline } from '../../error.ts'
import { answersOf } from './answers.ts'
import type { Connection } from './connection.ts'
import { knock } from './knock.ts'
import { deliverLived } from './lived.ts'
import { deliverProven } from './rotation.ts'
import type { FrameBlock, Session } from './session.ts'
import type { Target } from './target.ts'
import { turnedAwayFrom } from './turned-away.ts'

/** Sends blocks until aborted; see `Destination.deliver`. */
export async function deliverStream(
  target: Target,
  frames: FrameBlock,
  blocks: AsyncIterable<Block>,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<void> {
  const answers = answersOf(target)
  const turnedAway = turnedAwayFrom(target)
  const tell = teller(target, delivery)
  const iterator = blocks[Symbol.asyncIterator]()
  let said: Proof | undefined
  let inUse: Connection | undefined
  let isSent = false
  const proof = (proof: Proof) => {
    if (proof !== said) delivery.proof(proof)
    said = proof
  }
  const session: Session = {
    ...{ target, blocks: iterator, signal, answers, proof },
    frames: (block, reject) => {
      const chunks = frames(block, reject)
      if (chunks.length > 0) isSent = true
      return chunks
    },
    // A block of which nothing can be sent has its receipt from nobody.
    delivery: noting(delivery, () => {
      if (isSent) turnedAway.received()
    }),
    connected: (connection) => {
      inUse = connection
      // That it proves what it has read is said when it has done so.
      if (!answers.isProving) proof('lived')
      else if (answers.hasAnswered) proof('half-close')
      tell(connection)
    },
    trials: new Set(),
  }
  try {
    if (answers.isDoubted) await knock(target, signal)
    for (let isOver = false; !isOver;) {
      if (answers.isProving) {
        await deliverProven(session)
        isOver = true
      } else isOver = await deliverLived(session)
    }
  } catch (thrown) {
    if (asCefline(thrown).code === 'timeout') answers.hung()
    if (!signal.aborted) throw turnedAway.explain(thrown, inUse)
  } finally {
    for (const connection of session.trials) connection.destroy()
    // Not awaited: the iterator may be waiting for a block that comes in hours.
    void iterator.return?.()
  }
}

/** The delivery; `received` is called at each receipt. */
function noting(delivery: Delivery, received: () => void): Delivery {
  return {
    proof: (proof) => delivery.proof(proof),
    receipt: (block) => {
      received()
      delivery.receipt(block)
    },
    reject: (...rejected) => delivery.reject(...rejected),
    connected: (detail, certificates) => delivery.connected(detail, certificates),
    notice: (notice) => delivery.notice(notice),
  }
}

/** Tells of the first connection, and of each that leads elsewhere than the one before it, or rests on
 * another certificate. */
function teller(
  { place, tls, transport, url }: Target,
  delivery: Delivery,
): (connection: Connection) => void {
  let told: string | undefined
  return ({ detail, certificates }) => {
    const which = [detail, ...certificates.map(({ fingerprint }) => fingerprint)].join(' ')
    if (which === told) return
    const isFirst = told === undefined
    told = which
    delivery.connected(detail, certificates)
    if (!isFirst || transport !== 'tls' || tls.verify || tls.fingerprint !== null) return
    delivery.notice({
      level: 'warn',
      code: 'tls',
      message: `${url}: the certificate was not checked, anyone on the way can read the events; remove ${place}.tls.verify: false`,
    })
  }
}
