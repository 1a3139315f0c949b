/**
 * A process that reads the bucket (told by a queue, where one is given) into the spool of the folder, and writes how many lines there are whenever
 * that changes: to be killed.
 */
import { s3Defaults } from '../../helpers/versitygw.ts'
import { ObjectRun, objectOptions, openObjectSpool } from './world.ts'

const [folder = '', endpoint = '', queue = null] = process.argv.slice(2)

const spool = await openObjectSpool(folder)
const run = new ObjectRun(spool, objectOptions({ ...s3Defaults, endpoint }, { queue }))
for (;;) {
  const { version } = spool
  process.stdout.write(`${run.ledger()?.spooled ?? 0}\n`)
  await spool.changed(version, new AbortController().signal)
}
