/**
 * The main thread's side of the worker that reads timelines. The batches are those of `TimelineFiles`.
 */
import { ReadingThread } from '../drop/thread.ts'
import type { FileReading } from './file-reader.ts'

export function timelineThread(reading: FileReading): ReadingThread {
  const { timezone, format, profile, severity, mapping, evidence } = reading
  return new ReadingThread({
    worker: './worker',
    from: import.meta.url,
    what: 'timelines',
    data: {
      ...{ timezone, format, profile, severity, evidence },
      ...(mapping && { mapping }),
    } satisfies FileReading,
  })
}
