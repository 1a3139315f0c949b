/**
 * What a receiver's answers to our half-closes have been, from one run of `deliver` to the next, and
 * what follows from that.
 *
 * One that never answered, three checkpoints in a row, though its kernel took every byte and our FIN
 * each time, or that answered by RST, is one that does not do it: receipts then rest on `lived`, and
 * now and then a half-close is tried again. Whether its program reads at all cannot be seen where it
 * has never answered: one that hung before this process began looks the same, and the notice says
 * what `lived` is worth.
 * One that has answered and now does not is ill (stopped, hanging): that is a failure, its receipts
 * are never given on less. Nothing is sent to it again until it has answered the half-close of an
 * empty connection, so that a receiver that was stopped for an hour finds its events twice and not a
 * hundred times; and it gets longer each time, as it may be slow and no more.
 *
 * A clean FIN that never shows as TIME_WAIT is the kernel's doing (`tcp_max_tw_buckets`), and ends
 * in `lived` too, whatever was before: it must not send the same window for ever.
 */
import type { Notice } from '../../core.ts'
import type { NoProof } from './half-close.ts'
import type { Target } from './target.ts'

/** Checkpoints in a row without a proof. */
const mostMissed = 3
/** How often the time for an answer is doubled at most. */
const mostDoubled = 3
/** Times `receiptEvery` from one trial to the next while receipts rest on `lived`: 10 minutes. */
const trial = 20

export class Answers {
  readonly #target: Target
  #hasAnswered = false
  /** In a row: no answer, and a FIN that is not in the table. */
  #silent = 0
  #unlisted = 0
  #isGivenUp = false
  #isDoubted = false

  constructor(target: Target) {
    this.#target = target
  }

  /** Receipts rest on half-closes. */
  get isProving(): boolean {
    return this.#target.receiptEvery > 0 && !this.#isGivenUp
  }

  /** It must answer the half-close of an empty connection before anything is sent to it. */
  get isDoubted(): boolean {
    return this.#isDoubted
  }

  /** ms to wait for the next answer. */
  get patience(): number {
    const doubled = this.#hasAnswered ? Math.min(mostDoubled, this.#silent) : 0
    return this.#target.timeout * 2 ** doubled
  }

  /** ms from one trial to the next while receipts rest on `lived`. */
  get trialEvery(): number {
    return this.#target.receiptEvery > 0 ? this.#target.receiptEvery * trial : Infinity
  }

  /** It answered, with everything read. */
  proven(): void {
    this.#hasAnswered = true
    this.#silent = 0
    this.#unlisted = 0
    this.#isGivenUp = false
    this.#isDoubted = false
  }

  /** The half-close of an empty connection was answered. */
  alive(): void {
    this.#isDoubted = false
  }

  /** It gave no proof; what there is to say when that is the last straw. */
  missed(answer: NoProof): Notice | undefined {
    if (answer === 'unlisted') this.#unlisted += 1
    else if (answer !== 'stuck') this.#silent += 1
    this.#isDoubted = this.#hasAnswered && answer === 'silent'
    const isDeaf = !this.#hasAnswered && this.#silent >= mostMissed
    if (!isDeaf && this.#unlisted < mostMissed) return undefined
    this.#isGivenUp = true
    this.#silent = 0
    this.#unlisted = 0
    return this.#notice(isDeaf)
  }

  #notice(isDeaf: boolean): Notice {
    const { place, receiptAfter, url } = this.#target
    const lived = `receipts now mean that a connection lived on for ${receiptAfter / 1000} s (${place}.receiptAfter), which is no proof that events were read`
    const message = isDeaf
      ? `${url} does not answer the half-close of a connection, ${mostMissed} times in a row: ${lived}. Use relp:// where the receiver can, or set ${place}.receiptEvery: 0`
      : `${url} answers a half-close, but this machine’s kernel does not show that it was the answer (no TIME_WAIT), ${mostMissed} times in a row: ${lived}. Raise net.ipv4.tcp_max_tw_buckets, or use relp://`
    return { level: 'warn', code: isDeaf ? 'no-half-close' : 'no-time-wait', message }
  }
}

const known = new WeakMap<Target, Answers>()

/** The target's, kept as long as the target is. */
export function answersOf(target: Target): Answers {
  const answers = known.get(target) ?? new Answers(target)
  known.set(target, answers)
  return answers
}
