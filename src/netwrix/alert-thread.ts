/**
 * The main thread's side of the worker that reads alert files. The batches are those of `AlertReader`.
 */
import { ReadingThread } from '../drop/thread.ts'
import type { AlertReading } from './alert-reader.ts'

export function alertThread({
  timezone,
  dateFormat,
  profile,
  mapping,
}: AlertReading): ReadingThread {
  return new ReadingThread({
    worker: './alert-worker',
    from: import.meta.url,
    what: 'alert files',
    data: { timezone, dateFormat, profile, ...(mapping && { mapping }) } satisfies AlertReading,
  })
}
