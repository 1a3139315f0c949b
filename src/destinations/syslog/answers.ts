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
 * What a receiver was seen to do is remembered by its url, for as long as this process runs: with a
 * new configuration a stopped one is still one that has answered. Another program behind the same url
 * that never answers looks like one that hangs, and one that answers by RST like one that is killed
 * again and again: nothing is sent to either, another url is gone to, and the error names the cure,
 * which is to set `receiptEvery: 0`. A configuration with that forgets what was known.
 *
 * One, or a proxy before it, that closes a connection for being idle while we still wait to ask for
 * proof would make us send the same events for ever: proof is then asked for sooner, until a
 * connection is seen to stand idle for longer.
 *
 * A clean FIN that never shows as TIME_WAIT is the kernel's doing (`tcp_max_tw_buckets`), and ends
 * in `lived` too, whatever was before: it must not send the same window for ever.
 */
import type { Notice } from '../../core.ts'
import type { CeflineError } from '../../error.ts'
import { closedIdle } from './failure.ts'
import type { NoProof } from './half-close.ts'
import type { Target } from './target.ts'

/** Checkpoints in a row without a proof. */
const mostMissed = 3
/** How often the time for an answer is doubled at most. */
const mostDoubled = 3
/** Times `receiptEvery` from one trial to the next while receipts rest on `lived`: 10 minutes. */
const trial = 20
/** Least ms from one checkpoint to the next where idle connections are closed. */
const leastEvery = 1000

/** What is remembered of a url. */
interface Memory {
  hasAnswered: boolean
  isDoubted: boolean
  /** It closes connections that are idle for `after` ms: proof is asked for each `every` ms. */
  idle: { after: number; every: number } | undefined
}

const nothing = (): Memory => ({ hasAnswered: false, isDoubted: false, idle: undefined })

export class Answers {
  readonly #target: Target
  readonly #memory: Memory
  /** In a row: no answer, and a FIN that is not in the table. */
  #silent = 0
  #unlisted = 0
  #isGivenUp = false

  constructor(target: Target, memory = nothing()) {
    this.#target = target
    this.#memory = memory
  }

  /** Receipts rest on half-closes. */
  get isProving(): boolean {
    return this.#target.receiptEvery > 0 && !this.#isGivenUp
  }

  /** It has answered a half-close, and who works does so again. */
  get hasAnswered(): boolean {
    return this.#target.receiptEvery > 0 && this.#memory.hasAnswered
  }

  /** It must answer the half-close of an empty connection before anything is sent to it. */
  get isDoubted(): boolean {
    return this.hasAnswered && this.#memory.isDoubted
  }

  /** ms from one checkpoint to the next, with something unconfirmed. */
  get receiptEvery(): number {
    return Math.min(this.#target.receiptEvery, this.#memory.idle?.every ?? Infinity)
  }

  /** It was seen to close a connection for being idle. */
  get closesIdle(): boolean {
    return this.#memory.idle !== undefined
  }

  /** ms to wait for the next answer. */
  get patience(): number {
    const doubled = this.#memory.hasAnswered ? Math.min(mostDoubled, this.#silent) : 0
    return this.#target.timeout * 2 ** doubled
  }

  /** ms from one trial to the next while receipts rest on `lived`. */
  get trialEvery(): number {
    return this.#target.receiptEvery > 0 ? this.#target.receiptEvery * trial : Infinity
  }

  /** It answered, with everything read. */
  proven(): void {
    this.#memory.hasAnswered = true
    this.#memory.isDoubted = false
    this.#silent = 0
    this.#unlisted = 0
    this.#isGivenUp = false
  }

  /** The half-close of an empty connection was answered. */
  alive(): void {
    this.#memory.isDoubted = false
  }

  /** A run ended because it took or answered nothing. */
  hung(): void {
    this.#memory.isDoubted = true
  }

  /** A connection with something unconfirmed was closed when it had been idle for so many ms; gives
   * the error that says so. */
  closedIdle(after: number): CeflineError {
    const every = Math.max(leastEvery, Math.min(after, this.receiptEvery) / 2)
    this.#memory.idle = { after, every }
    return closedIdle(this.#target, after, this.receiptEvery)
  }

  /** A connection stood idle for so many ms: one that did so for long is not closed for it. */
  stood(idle: number): void {
    const { idle: known } = this.#memory
    if (known && idle > 2 * known.after) this.#memory.idle = undefined
  }

  /** It gave no proof; what there is to say when that is the last straw. */
  missed(answer: NoProof): Notice | undefined {
    if (answer === 'unlisted') this.#unlisted += 1
    else if (answer !== 'stuck') this.#silent += 1
    // RST too: what always answers by it would be sent the same window for ever.
    this.#memory.isDoubted = answer !== 'unlisted'
    const isDeaf = !this.#memory.hasAnswered && this.#silent >= mostMissed
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

const knownOf = new WeakMap<Target, Answers>()
/** By place and url: as many as configurations have named. */
const memories = new Map<string, Memory>()

/** The target's, kept as long as the target is, with what is remembered of its url. */
export function answersOf(target: Target): Answers {
  const known = knownOf.get(target)
  if (known) return known
  const name = `${target.place} ${target.url}`
  const memory = (target.receiptEvery > 0 ? memories.get(name) : undefined) ?? nothing()
  memories.set(name, memory)
  const answers = new Answers(target, memory)
  knownOf.set(target, answers)
  return answers
}
