/**
 * What it costs to be watched: the rows of one file go to a counting TCP sink while nobody watches, while
 * `cefline tap --json` prints all that it can, and while a reader of the same has stopped reading. The
 * three take turns, so that what disturbs one disturbs the others. Prints the rates, the highest
 * anonymous memory and the appliance's processor time an event, and both as ratios of those without a
 * reader. Where processors are few, the reader itself takes of the rate.
 *
 *     npm run build && npx tsx bench/tap.ts [--rounds 2] [--rows 200000] [--seed 1]
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startCefline } from './forwarders.ts'
import type { Start } from './forwarders.ts'
import { measure } from './measure.ts'
import type { Result } from './measure.ts'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
  },
})
const job = { rows: Number(values.rows), files: 1, seed: Number(values.seed) }

/** Each ends by itself when the appliance does. */
const readers: Record<string, (folder: string) => void> = {
  'nobody watches': () => {},
  'tap --json': (folder) => {
    const cli = join(import.meta.dirname, '..', 'dist', 'cli.js')
    spawn(process.execPath, [cli, 'tap', '--json', '--folder', folder], { stdio: 'ignore' })
  },
  'reader stopped': (folder) => {
    const asked = request({
      socketPath: join(folder, 'cefline.sock'),
      path: '/tap',
      method: 'POST',
    })
    asked.on('response', (answer) => answer.on('error', () => {}).pause()).on('error', () => {})
    asked.setHeader('content-type', 'application/json')
    asked.end(JSON.stringify({ follow: true }))
  },
}

const results = new Map(Object.keys(readers).map((name): [string, Result[]] => [name, []]))
for (let round = 0; round < Number(values.rounds); round += 1) {
  for (const [name, read] of Object.entries(readers)) {
    const result = await measure(watchedBy(read), job, true)
    results.get(name)?.push(result)
    const { rate, anonymous, processor } = result
    const speed = `${Math.round(rate).toLocaleString('en-US')} events/s`
    const memory = `${Math.round(anonymous / 1024)} MiB anonymous`
    console.log(`${name.padEnd(15)} ${speed.padStart(18)}  ${memory}  ${processor.toFixed(1)} µs`)
  }
}
const [usual, ...others] = [...results].map(([name, of]) => ({ name, ...best(of) }))
for (const { name, rate, processor } of others) {
  if (usual === undefined) break
  const ratios = [rate / usual.rate, processor / usual.processor].map((one) => one.toFixed(2))
  console.log(`${name} / ${usual.name}: rate ${ratios[0]}, processor ${ratios[1]}`)
}

/** An appliance with a reader as soon as one can be had. */
function watchedBy(read: (folder: string) => void): Start {
  return (folder, drop, port): ChildProcess => {
    const data = join(folder, 'data')
    const child = startCefline(folder, drop, port)
    void (async () => {
      while (!existsSync(join(data, 'cefline.sock'))) await sleep(50)
      read(data)
    })()
    return child
  }
}

/** What other programs on this machine disturbed least. */
function best(of: readonly Result[]): { rate: number; processor: number } {
  return {
    rate: Math.max(...of.map(({ rate }) => rate)),
    processor: Math.min(...of.map(({ processor }) => processor)),
  }
}
