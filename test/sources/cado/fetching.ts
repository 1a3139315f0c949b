/**
 * A program for tests to kill: fetches timelines into a spool as the appliance does, and says after every
 * commit how many events there are. Arguments: the spool's folder, the platform's url and its token.
 */
import { create } from '../../../src/sources/cado-api.ts'
import { cadoOptions, cadoQueue, openCadoSpool } from '../../helpers/cado-source.ts'

const [folder = '', url = '', token = ''] = process.argv.slice(2)
const spool = await openCadoSpool(folder)
const source = create(cadoOptions({ url, token }, { pageSize: 50 }), {
  name: cadoQueue,
  remembers: (id) => spool.remembers(cadoQueue, id),
})
const signal = new AbortController().signal
for await (const batch of source.batches(spool.checkpoint(cadoQueue), signal)) {
  await spool.append(cadoQueue, batch)
  const [queue] = spool.queues()
  process.stdout.write(`${queue?.ledger.spooled ?? 0}\n`)
}
