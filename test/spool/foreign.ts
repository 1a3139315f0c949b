/**
 * Opens a spool, and looks into it, as nobody where it was started by root, and prints what came of
 * each: the child of `place.test.ts`. `foreign.ts FOLDER`
 */
import { chownSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { peekCheckpoints } from '../../src/spool/peek.ts'
import { openAt } from './helpers.ts'

const nobody = 65534
const folder = process.argv[2] ?? ''
if (process.getuid?.() === 0) {
  for (const name of ['', ...readdirSync(folder)]) chownSync(join(folder, name), nobody, nobody)
  process.setgid?.(nobody)
  process.setuid?.(nobody)
}
for (const open of [openAt, peekCheckpoints]) {
  await open(folder).then(
    () => console.log('opened'),
    ({ code, message }) => console.log(code, message),
  )
}
