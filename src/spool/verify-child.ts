/**
 * The process that reads a spool for `verify.ts` and may die of it. It says what it reads next
 * before it reads it. Told to end, it closes the spool first: a reader that is killed keeps pages of
 * the appliance's from being used again until LMDB finds it dead.
 */
import { writeSync } from 'node:fs'
import { verifyAll } from './verify-all.ts'
import type { Said } from './verify.ts'

const say = (what: Said) => write(Buffer.from(`${JSON.stringify(what)}\n`))
const told = new AbortController()
for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => told.abort(name))

try {
  await verifyAll(process.argv[2] ?? '', say, told.signal)
  say({ done: true })
} catch (thrown) {
  // Its end is then what it would have been without this.
  if (told.signal.aborted) process.kill(process.pid, told.signal.reason as NodeJS.Signals)
  else {
    const { message, code } = thrown as NodeJS.ErrnoException
    say({ failed: { message, ...(code === undefined ? {} : { code }) } })
  }
}

/** To the end: the pipe is the parent's, which may not wait, and takes what there is room for. */
function write(text: Buffer): void {
  for (let at = 0; at < text.length;) {
    try {
      at += writeSync(1, text, at)
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EAGAIN') throw thrown
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
    }
  }
}
