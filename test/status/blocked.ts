/**
 * A status server whose event loop stands still from the first input until a file is there: a program
 * of `health.test.ts`. It prints its address, and a line before it is blocked.
 */
import { existsSync, writeSync } from 'node:fs'
import { startStatusServer } from '../../src/status/server.ts'
import type { Status } from '../../src/status/status.ts'
import { Metrics } from '../../src/telemetry/metrics.ts'

const gate = process.argv[2] ?? ''
const spool = { folder: '.', bytes: 0, maxBytes: 1, full: false, rejects: 0 }
const { url } = await startStatusServer({
  listen: '127.0.0.1:0',
  token: null,
  metrics: new Metrics('0'),
  status: () => ({ spool }) as Status,
})
process.stdin.once('data', () => {
  writeSync(1, 'blocked\n')
  const cell = new Int32Array(new SharedArrayBuffer(4))
  while (!existsSync(gate)) Atomics.wait(cell, 0, 0, 20)
})
writeSync(1, `${url}\n`)
