import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { program } from '../helpers/root.ts'
import { header, ledgerOf, linesOf, openTimelineSpool, row } from '../timeline/world.ts'

t.test('killed again and again in the middle, each row is in the spool once', async (t) => {
  const count = 50_000
  const folder = t.testdir({ drop: {}, spool: {} })
  const drop = join(folder, 'drop')
  mkdirSync(drop, { recursive: true })
  const rows = Array.from({ length: count }, (_, n) => row(`text-${n}`, Math.floor(n / 20)))
  writeFileSync(join(drop, 'a.csv'), header + rows.slice(0, 30_000).join(''))
  writeFileSync(join(drop, 'b.csv.gz'), gzipSync(header + rows.slice(30_000).join('')))
  const args = [...program('timeline/reading'), join(folder, 'spool'), drop]
  let kills = 0
  for (const enough of [1, 9_000, 25_000, 32_000, Infinity]) {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    t.teardown(() => child.kill('SIGKILL'))
    const closed = once(child, 'close')
    let before: number | undefined
    for await (const line of createInterface(child.stdout)) {
      if (line === 'read') break
      // Each run reads the files from their beginning.
      before ??= Number(line)
      if (Number(line) - before < enough) continue
      child.kill('SIGKILL')
      kills += 1
      break
    }
    child.stdout.resume()
    await closed
  }
  t.ok(kills >= 3, `${kills} kills`)
  const spool = await openTimelineSpool(join(folder, 'spool'))
  t.teardown(() => spool.close())
  const texts = linesOf(spool).map((line) => / short=text-(\d+)/.exec(line)?.[1])
  t.equal(texts.length, count)
  t.equal(new Set(texts).size, count)
  t.match(ledgerOf(spool), { spooled: count, rejected: 0 })
  t.strictSame(readdirSync(join(drop, 'done')).sort(), ['a.csv', 'b.csv.gz'])
})
