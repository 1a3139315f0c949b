import { spawn } from 'node:child_process'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { Test } from 'tap'
import { program } from '../../helpers/root.ts'
import { startStandIn } from '../../helpers/s3-stand-in.ts'
import { startS3 } from '../../helpers/versitygw.ts'
import type { More } from './sender.ts'

/** A few in the suite; `CEFLINE_TEST_KILLS=30` for more. */
const kills = Number(process.env['CEFLINE_TEST_KILLS'] ?? 3)
const perLife = 2_000

interface Life {
  folder: string
  endpoint: string
  lines?: number
  more?: More
}

/** Runs the sender; with `until` it is killed when that has come, counted from its begin. The lines it
 * printed. */
async function life(
  { folder, endpoint, lines = perLife, more = {} }: Life,
  until?: () => Promise<unknown>,
): Promise<string[]> {
  const script = program('destinations/s3/sender')
  const flags = [...script, folder, endpoint, String(lines), JSON.stringify(more)]
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
    await life(
      { folder, endpoint: s3.endpoint },
      time % 2 === 1 ? further : () => sleep(250 + time * 90),
    )
  }
  t.ok(reached > 0, `the kills were in the midst: ${reached} objects were there`)
  const total = await lastLife({ folder, endpoint: s3.endpoint })
  t.ok(total >= perLife, `all of ${total} lines were received`)
  await everyLineOnce(t, s3, total)
})

t.test('five series in turns, in parts of blocks as a rate makes them, and killed', async (t) => {
  const s3 = await startS3(t)
  const more = { items: 5, rate: 300, maxAge: 150, length: 20 }
  const next = { folder: t.testdir(), endpoint: s3.endpoint, lines: 140, more }
  for (let time = 0; time < kills; time += 1) {
    const begun = (await s3.keys('siem/')).length
    const further = async () => {
      for (let tries = 0; tries < 500; tries += 1) {
        if ((await s3.keys('siem/')).length > begun + 2 * time) return
        await sleep(10)
      }
    }
    await life(next, further)
  }
  await everyLineOnce(t, s3, await lastLife(next), 5)
})

t.test('kill -9 between two parts of an upload', async (t) => {
  let isHeld = true
  const s3 = await startStandIn(t, ({ query }) => {
    return isHeld && query.get('partNumber') === '2' ? 'silent' : undefined
  })
  const { asked, uploads, objects } = s3.standIn
  const more = { items: 1, length: 400_000, maxBytes: 14_000_000, maxAge: 60_000, gzip: false }
  const next = { folder: t.testdir(), endpoint: s3.endpoint, lines: 40, more }
  const amid = async () => {
    while (!asked.some(({ query }) => query.get('partNumber') === '2')) await sleep(10)
  }
  await life(next, amid)
  t.equal(uploads.size, 1, 'killed with one part there')
  t.same([...objects.keys()], [], 'no object')
  const shelf = join(next.folder, 's3-bucket')
  const [closed = ''] = (await readdir(shelf)).filter((name) => name.endsWith('.closed'))
  const name = closed.replace('.closed', '.cef')
  const bytes = await readFile(join(shelf, name))

  isHeld = false
  const total = await lastLife({ ...next, more: { ...more, maxAge: 200 } })
  t.ok(objects.get(`siem/${name}`)?.body.equals(bytes), 'the same key, the same bytes')
  t.equal(uploads.size, 0, 'nothing is left unfinished')
  await everyLineOnce(t, s3, total, 1)
})

/** The number of all lines, when it has ended by itself. */
async function lastLife(next: Life): Promise<number> {
  // After several kills in a row the spool is read by another process first, which may refuse once.
  for (let lives = 0; lives < 4; lives += 1) {
    const total = Number((await life(next)).at(-1))
    if (!Number.isNaN(total)) return total
  }
  return NaN
}

type Content = Pick<Awaited<ReturnType<typeof startS3>>, 'keys' | 'lines'>

async function everyLineOnce(t: Test, s3: Content, total: number, items = 4): Promise<void> {
  const seen: number[] = []
  const last = new Map<number, number>()
  let inOrder = true
  for (const key of await s3.keys('siem/')) {
    for (const line of await s3.lines(key)) {
      const number = Number(/eventId=(\d+)/.exec(line)?.[1])
      inOrder &&= (last.get(number % items) ?? -1) < number
      last.set(number % items, number)
      seen.push(number)
    }
  }
  t.ok(inOrder, 'by the order of the keys each series is in order')
  t.equal(seen.length, total, 'none twice')
  t.equal(new Set(seen).size, total, 'none missing')
}
