/**
 * One job, timed: files are moved into a forwarder's folder, and the clock stops when the sink has seen every
 * row of them.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Start } from './forwarders.ts'
import { writeRows } from './generate.ts'

export interface Job {
  rows: number
  files: number
  seed: number
}

export interface Result {
  /** Rows a second, from the first file's move to the last row's arrival. */
  rate: number
  /** KiB of anonymous memory at its highest. */
  anonymous: number
  /** Microseconds of processor time an event, of all its threads: what other programs that run
   * meanwhile disturb least. */
  processor: number
  duplicates: number
}

/** `header`: whether the files begin with one. */
export async function measure(
  start: Start,
  { rows, files, seed }: Job,
  header: boolean,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'cefline-bench-'))
  const drop = join(folder, 'drop')
  mkdirSync(drop)
  const each = Math.ceil(rows / files)
  for (let file = 0; file < files; file += 1) {
    const name = join(folder, `${String(file).padStart(6, '0')}.csv`)
    const [from, to] = [file * each, Math.min(rows, (file + 1) * each)]
    await writeRows(name, from, to, seed, header)
  }
  const sink = fork(join(import.meta.dirname, 'sink.ts'), [String(rows)])
  const [{ port }] = (await once(sink, 'message')) as [{ port: number }]
  const child = start(folder, drop, port)
  const exited = once(child, 'exit')
  await new Promise((resolve) => setTimeout(resolve, 2500))
  let anonymous = 0
  const sampler = setInterval(() => (anonymous = Math.max(anonymous, rssAnon(child.pid!))), 50)
  const before = processorTime(child.pid!)
  const started = performance.now()
  for (let file = 0; file < files; file += 1) {
    const name = `${String(file).padStart(6, '0')}.csv`
    renameSync(join(folder, name), join(drop, name))
  }
  const finished = once(sink, 'message') as Promise<[{ duplicates: number; bytes: number }]>
  const failed = exited.then(() => Promise.reject(new Error('the forwarder ended by itself')))
  const [{ duplicates }] = await Promise.race([finished, failed])
  const seconds = (performance.now() - started) / 1000
  failed.catch(() => {})
  clearInterval(sampler)
  const processor = (processorTime(child.pid!) - before) / rows
  child.kill('SIGTERM')
  await exited
  sink.send('stop')
  await once(sink, 'exit')
  rmSync(folder, { recursive: true })
  return { rate: rows / seconds, anonymous, processor, duplicates }
}

function rssAnon(pid: number): number {
  try {
    return Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

/** Microseconds of processor time that it has used; Linux counts in hundredths of a second. */
function processorTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10_000
}
