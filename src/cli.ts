#!/usr/bin/env node
/**
 * The command line: flags in, exit codes out. The only place that ends the process.
 *
 * Exit codes: 0 done, 1 an error that another try may cure, 64 wrong usage, 65 a timeline that is of
 * no known format, 78 configuration (sysexits.h: EX_USAGE, EX_DATAERR, EX_CONFIG).
 */
import { CommanderError } from 'commander'
import type { Ended } from './cli/context.ts'
import { createProgram } from './cli/program.ts'
import { asCefline } from './error.ts'
import { printable } from './io/printable.ts'
import { printedTo } from './io/printed-to.ts'

/** Of a shell, for what Ctrl-C ended. */
const interruptedCode = 130

const { env, stderr, stdout } = process
// picocolors takes the log of a CI for a terminal and `FORCE_COLOR=0` for a yes. No command is loaded
// yet, and it looks when it is.
if (env['FORCE_COLOR'] === '0' || (!stdout.isTTY && env['FORCE_COLOR'] === undefined)) {
  env['NO_COLOR'] ??= '1'
}

// A reader that went away, such as `head`, is no failure of ours, and a full disk is one: both end a
// command as Ctrl-C does, in order where there is something to put in order, else at once.
let leftCode: number | undefined
stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  if (leftCode !== undefined || printedTo.has(stdout)) return
  // A command that listens itself says what it could not write.
  if (code !== 'EPIPE' && stdout.listenerCount('error') > 1) return
  leftCode = code === 'EPIPE' ? 0 : 1
  const cure = 'what was printed is not whole: make room there, and run this again'
  if (leftCode === 1)
    console.error(printable(`standard output takes no more (${message}); ${cure}`))
  if (!process.emit('SIGINT', 'SIGINT')) process.exit(leftCode)
})

// Nor is a log that nobody reads any more, or that has no room: what forwards goes on, and so does the
// log once there is room.
stderr.on('error', () => {})

try {
  await createProgram(end).parseAsync()
} catch (thrown) {
  if (thrown instanceof CommanderError) {
    process.exitCode = thrown.exitCode === 0 ? 0 : 64
  } else {
    const failure = asCefline(thrown)
    for (const line of failure.message.split('\n')) console.error(printable(line))
    if (failure.code === 'internal') console.error(failure.cause ?? failure.stack)
    process.exitCode = failure.code === 'config' ? 78 : 1
  }
}

function end(ended: number | Ended): void {
  const {
    code,
    isStuck = false,
    isFinal = false,
  } = typeof ended === 'number' ? { code: ended } : ended
  process.exitCode = code === 0 || code === interruptedCode ? (leftCode ?? code) : code
  // An exit would wait for a thread of LMDB's that does not end. The pause is for the last lines.
  if (isStuck) setTimeout(() => process.kill(process.pid, 'SIGKILL'), 250)
  // What nobody reads from standard output is still in the spool, and must not hold up the end.
  if (isFinal) setTimeout(() => process.exit(), 1000).unref()
}
