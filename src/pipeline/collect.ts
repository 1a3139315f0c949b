/**
 * The loop that takes one source's batches to the spool.
 *
 * A batch is committed before the source is asked for the next one, so the source may move its file
 * or forget its page as soon as it is asked. A full spool holds the source here, with one batch in
 * hand. A source that throws is run again from the checkpoint that was last committed, after a wait
 * that grows; one that needs a changed configuration is parked, and the others go on.
 */
import type { Batch, Source, Spool } from '../core.ts'
import { asCefline, isCeflineError } from '../error.ts'
import type { SourceEvents } from '../telemetry/source-events.ts'
import { Backoff, pause, waitAfter } from './retry.ts'

export interface Collect {
  name: string
  source: Source
  spool: Spool
  events: SourceEvents
  /** Called when the spool is full; true when it may have room now. */
  makeRoom: () => Promise<boolean>
  signal: AbortSignal
}

/** Runs until aborted. Never throws. */
export async function collect(options: Collect): Promise<void> {
  const { name, source, spool, events, signal } = options
  const backoff = new Backoff()
  while (!signal.aborted) {
    try {
      for await (const batch of source.batches(spool.checkpoint(name), signal)) {
        await store(batch, options)
        backoff.reset()
      }
    } catch (thrown) {
      if (signal.aborted) break
      const failure = asCefline(thrown)
      const wait = waitAfter(failure, backoff)
      events.sourceFailed(failure, wait)
      await pause(wait, signal)
    }
  }
}

async function store(
  batch: Batch,
  { name, spool, events, makeRoom, signal }: Collect,
): Promise<void> {
  for (const notice of batch.notices ?? []) events.sourceNotice(notice)
  for (;;) {
    try {
      events.collected(batch, await spool.append(name, batch))
      return
    } catch (thrown) {
      if (!isCeflineError(thrown) || thrown.code !== 'spool-full') throw thrown
      events.spoolFull(thrown)
      if (!(await makeRoom())) await spool.room(signal)
    }
  }
}
