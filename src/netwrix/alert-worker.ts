/**
 * The worker thread that reads alert files.
 */
import { parentPort } from 'node:worker_threads'
import { serve } from '../drop/worker.ts'
import type { AlertReading } from './alert-reader.ts'
import { AlertReader } from './alert-reader.ts'

if (parentPort) serve(parentPort, (data) => new AlertReader(data as AlertReading))
