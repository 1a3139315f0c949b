import { readdir } from 'node:fs/promises'
import t from 'tap'
import { Drafts } from '../../../src/destinations/s3/drafts.ts'
import { formsOf } from '../../../src/destinations/s3/forms.ts'
import { Receipts } from '../../../src/destinations/s3/receipts.ts'
import { blockOf } from '../../helpers/sink.ts'

t.test('each line of a block a series of its own: little memory, few left open', async (t) => {
  const folder = t.testdir()
  const drafts = new Drafts({
    forms: formsOf('both'),
    gzip: true,
    maxBytes: 1e9,
    maxAge: 1e9,
    pathOf: (file) => `${folder}/${file}`,
    reached: () => undefined,
  })
  const lines = Array.from({ length: 2_000 }, (_, number) => {
    return `CEF:0|CadoSecurity|CadoResponse|1|0|x|1|evidence_id=${number} msg=${'m'.repeat(200)}`
  })
  const block = blockOf(1, lines)
  const out = new Receipts({ receipt: () => {} }).handedOut(block)
  const before = process.memoryUsage().arrayBuffers
  await drafts.add(block, out)
  const grown = process.memoryUsage().arrayBuffers - before
  t.ok(grown < 20e6, `${grown} bytes`)
  let sealed = 0
  for (let draft = drafts.sealed(); draft; draft = drafts.sealed()) sealed += 1
  t.equal(sealed, 2_000 - 64)
  await drafts.discard()
  t.same(await readdir(folder), [], 'no file before there is something to write')
})
