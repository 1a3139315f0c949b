/**
 * A time limit for one answer with all that belongs to it. A slow drip resets every timer of an HTTP
 * library's but this one.
 */
import { error } from '../error.ts'
import { networkError } from './network-error.ts'
import type { Peer } from './peer.ts'

export interface Limit {
  url: URL
  /** ms */
  timeout: number
  peer: Peer
}

/** Runs `work` for `timeout` at most. Throws `timeout`, the signal's reason, or what `work` threw as an
 * error of ours. */
export async function withDeadline<T>(
  { url, timeout, peer }: Limit,
  signal: AbortSignal,
  work: (deadline: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted()
  // Not AbortSignal.any: it leaves something behind on a signal that lives as long as we do.
  const controller = new AbortController()
  const stop = () => controller.abort(signal.reason)
  const late = () => error('timeout', `${url.origin}: no whole answer within ${timeout / 1000} s`)
  const timer = setTimeout(() => controller.abort(late()), timeout)
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await work(controller.signal)
  } catch (thrown) {
    if (controller.signal.aborted) throw controller.signal.reason
    throw networkError(thrown, url, peer)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}
