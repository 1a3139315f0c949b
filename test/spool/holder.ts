/**
 * Holds LMDB's write lock on the folder in its argument until it is killed: whoever has the spool open
 * can neither write nor close it.
 */
import { openEnvironment } from '../../src/spool/environment.ts'

const [, , folder = ''] = process.argv
openEnvironment(folder).root.transactionSync(() => {
  console.log('held')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 120_000)
})
