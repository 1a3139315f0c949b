/**
 * A process that opens a spool each time it reads `open`, and closes it when it reads `close`: one of
 * many that start at once, for `claim.test.ts`. `claimer.ts FOLDER`
 */
import { createInterface } from 'node:readline'
import { batchOf, openAt } from './helpers.ts'

const [folder = ''] = process.argv.slice(2)
let spool: Awaited<ReturnType<typeof openAt>> | undefined
const say = (text: string) => process.stdout.write(`${text}\n`)

say('ready')
for await (const line of createInterface({ input: process.stdin })) {
  const [word, name = ''] = line.split(' ')
  try {
    if (word === 'open') {
      spool = await openAt(folder)
      await spool.append('q', batchOf([name]))
      say('open')
    } else {
      await spool?.close()
      spool = undefined
      say('closed')
    }
  } catch (thrown) {
    say((thrown as Error).message)
  }
}
process.exit()
