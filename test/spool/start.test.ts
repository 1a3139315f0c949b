/**
 * What a start costs: memory and reading do not grow with the backlog.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import t from 'tap'
import { program } from '../helpers/root.ts'
import { batchOf, numbered, openAt } from './helpers.ts'

const linux = { skip: !existsSync('/proc/self/smaps') && 'there is no /proc' }

t.test('opening reads no block, however many there are', linux, async (t) => {
  const folder = t.testdir()
  // What is remembered is read, whatever the backlog: here it is little.
  const spool = await openAt(folder, { remember: { age: 1e9, count: 1000 } })
  const long = 'x'.repeat(1000)
  for (let block = 0; block < 80; block += 1) {
    await spool.append('q', batchOf(numbered(block * 1000, 1000).map((line) => line + long)))
  }
  const { bytes = 0 } = spool.queues()[0] ?? {}
  await spool.close()
  const output = execFileSync(process.execPath, [...program('spool/opener'), folder]).toString()
  const { opened, asked, lines } = JSON.parse(output) as Record<string, number>
  t.equal(lines, 80_000)
  t.ok(Number(opened) > 0, 'the measure measures')
  t.ok(Number(opened) < bytes / 20, `opening touched ${opened} bytes of ${bytes}`)
  t.ok(Number(asked) < bytes / 10, `and the state of things ${asked}`)
})
