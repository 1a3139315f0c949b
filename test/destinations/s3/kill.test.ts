import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { program } from '../../helpers/root.ts'
import { startS3 } from '../../helpers/versitygw.ts'

/** A few in the suite; `CEFLINE_TEST_KILLS=30` for more. */
const kills = Number(process.env['CEFLINE_TEST_KILLS'] ?? 3)
const perLife = 2_000

/** Runs the sender; with `until` it is killed when that has come, counted from its begin. The lines it
 * printed. */
async function life(
  folder: string,
  endpoint: string,
  until?: () => Promise<unknown>,
): Promise<string[]> {
  const flags = [...program('destinations/s3/sender'), folder, endpoint, String(perLife)]
  const child = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise((resolve) => child.once('close', resolve))
  const printed: string[] = []
  const output = createInterface(child.stdout)
  output.on('line', (line) => {
    printed.push(line)
    if (line === 'sending') void until?.().then(() => child.kill('SIGKILL'))
  })
  await ended
  return printed
}

t.test('kill -9 again and again: every line is in the bucket once', async (t) => {
  const s3 = await startS3(t)
  const folder = t.testdir()
  let reached = 0
  for (let time = 0; time < kills; time += 1) {
    // From before the SDK is loaded to the midst of the uploads, and every other time there for sure.
    const begun = (await s3.keys('siem/')).length
    const further = async () => {
      for (let tries = 0; tries < 500 && reached <= begun; tries += 1) {
        await sleep(20)
        reached = (await s3.keys('siem/')).length
      }
    }
    await life(folder, s3.endpoint, time % 2 === 1 ? further : () => sleep(250 + time * 90))
  }
  t.ok(reached > 0, `the kills were in the midst: ${reached} objects were there`)
  let total = NaN
  // After several kills in a row the spool is read by another process first, which may refuse once.
  for (let lives = 0; lives < 4 && Number.isNaN(total); lives += 1) {
    total = Number((await life(folder, s3.endpoint)).at(-1))
  }
  t.ok(total >= perLife, `all of ${total} lines were received`)
  const seen: number[] = []
  const last = new Map<number, number>()
  let inOrder = true
  for (const key of await s3.keys('siem/')) {
    for (const line of await s3.lines(key)) {
      const number = Number(/eventId=(\d+)/.exec(line)?.[1])
      inOrder &&= (last.get(number % 4) ?? -1) < number
      last.set(number % 4, number)
      seen.push(number)
    }
  }
  t.ok(inOrder, 'by the order of the keys each series is in order')
  t.equal(seen.length, total, 'none twice')
  t.equal(new Set(seen).size, total, 'none missing')
})
