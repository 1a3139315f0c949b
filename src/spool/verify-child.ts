/**
 * The process that reads a spool for `verify.ts` and may die of it. It says what it reads next
 * before it reads it.
 */
import { writeSync } from 'node:fs'
import { verifyAll } from './verify-all.ts'
import type { Said } from './verify.ts'

const say = (what: Said) => void writeSync(1, `${JSON.stringify(what)}\n`)

try {
  await verifyAll(process.argv[2] ?? '', say)
  say({ done: true })
} catch (thrown) {
  const { message, code } = thrown as NodeJS.ErrnoException
  say({ failed: { message, ...(code === undefined ? {} : { code }) } })
}
