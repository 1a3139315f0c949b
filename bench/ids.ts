/**
 * What remembered ids cost: that many of them, 16 random bytes each, go into a spool of their own, which
 * is then opened anew, as after a restart. Prints the bytes of disk and of anonymous memory for each, at
 * the end and after the restart, and how often ids that were given before are known.
 *
 *     npx tsx --expose-gc bench/ids.ts [--ids 5000000] [--seed 1]
 */
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { idBytes, noLines } from '../src/io/lines.ts'
import { openSpool } from '../src/spool/spool.ts'

const { values } = parseArgs({
  options: { ids: { type: 'string', default: '5000000' }, seed: { type: 'string', default: '1' } },
})
const count = Number(values.ids)
const perBatch = 5_000
const queue = 'alerts'
const folder = mkdtempSync(join(tmpdir(), 'cefline-ids-'))

const open = () =>
  openSpool({
    folder,
    queues: [queue],
    destinations: new Map(),
    remember: { age: 30 * 24 * 60 * 60_000, count },
    maxBytes: 100e9,
    reserve: 0,
  })

/** The ids of a batch: a digest's bytes are as good as random. */
function idsOf(batch: number): Buffer {
  const length = perBatch * idBytes
  const hash = createHash('shake256', { outputLength: length })
  return hash.update(`${values.seed} ${batch}`).digest()
}

/** Bytes. */
function anonymous(): number {
  globalThis.gc?.()
  const text = readFileSync('/proc/self/status', 'utf8')
  return Number(/^RssAnon:\s+(\d+)/m.exec(text)?.[1]) * 1024
}

const each = (bytes: number) => `${(bytes / count).toFixed(1)} bytes each`
const megabytes = (bytes: number) => `${Math.round(bytes / 1e6).toLocaleString('en-US')} MB`

try {
  let spool = await open()
  const before = anonymous()
  let highest = before
  for (let batch = 0; batch * perBatch < count; batch += 1) {
    const remember = idsOf(batch)
    await spool.append(queue, { read: 0, lines: noLines, rejects: [], ignored: 0, remember })
    if (batch % 100 === 0) highest = Math.max(highest, anonymous())
  }
  const grown = anonymous() - before
  console.log(`${count.toLocaleString('en-US')} ids`)
  console.log(`memory: ${megabytes(grown)}, ${each(grown)}; at most ${megabytes(highest - before)}`)
  await spool.close()
  const disk = statSync(join(folder, 'data.mdb')).size
  console.log(`disk: ${megabytes(disk)}, ${each(disk)}`)
  const started = performance.now()
  spool = await open()
  console.log(`opened again in ${((performance.now() - started) / 1000).toFixed(1)} s`)
  const last = Math.floor((count - 1) / perBatch)
  const known = [0, last >> 1, last].flatMap((batch) => {
    const ids = idsOf(batch)
    return Array.from({ length: perBatch }, (_, index) =>
      spool.remembers(queue, ids.subarray(index * idBytes, (index + 1) * idBytes)),
    )
  })
  console.log(`known: ${known.filter(Boolean).length} of ${known.length} that were tried`)
  await spool.close()
} finally {
  rmSync(folder, { recursive: true })
}
