/**
 * The worker thread that reads timelines.
 */
import { parentPort } from 'node:worker_threads'
import { serve } from '../drop/worker.ts'
import type { FileReading } from './file-reader.ts'
import { TimelineFiles } from './file-reader.ts'

if (parentPort) serve(parentPort, (data) => new TimelineFiles(data as FileReading))
