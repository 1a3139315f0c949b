/**
 * A process that reads a folder of timelines into a spool until it is killed: its arguments are the
 * spool's folder and the drop folder. It says `read` when the drop folder has no file any more.
 */
import { readdirSync } from 'node:fs'
import { openTimelineSpool, timelineOptions, TimelineRun } from './world.ts'

const [, , spoolFolder = '', folder = ''] = process.argv
const run = new TimelineRun(await openTimelineSpool(spoolFolder), timelineOptions(folder))
for (let last = -1; ;) {
  const { read } = run.ledger()
  if (read !== last) process.stdout.write(`${read}\n`)
  last = read
  if (readdirSync(folder).every((name) => name === 'done' || name === 'failed')) break
  await new Promise((resolve) => setTimeout(resolve, 5))
}
await run.stop()
await run.spool.close()
process.stdout.write('read\n')
