/**
 * A real Prometheus and its promtool, of Debian's package, which `.ci/peers` unpacks into a folder of
 * the project's own.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually, freePort, makeFolder, startDaemon } from './daemon.ts'
import type { Stoppable } from './daemon.ts'
import { findProgram, unpacked } from './peers.ts'

/** Of a query: the labels of each series that came, and its value. */
export interface Sample {
  metric: Record<string, string>
  value: string
}

export interface Prometheus {
  /** What an expression is now. */
  query(expression: string): Promise<Sample[]>
  /** The same as soon as the test says so. */
  until(expression: string, test: (samples: Sample[]) => boolean): Promise<Sample[]>
  /** The state of each alert that is not inactive. */
  alerts(): Promise<{ labels: Record<string, string>; state: string }[]>
}

function find(name: string): string | undefined {
  const beside = join(unpacked('prometheus'), 'usr', 'bin', name)
  return findProgram(name) ?? (existsSync(beside) ? beside : undefined)
}

/** Options for a tap test that needs both programs. */
export const withPrometheus = {
  skip: find('promtool') && find('prometheus') ? false : 'prometheus is not installed',
} as const

/** Runs promtool; resolves to its exit code and all that it said. */
export async function promtool(
  args: readonly string[],
  input = '',
): Promise<{ code: number; said: string }> {
  const child = spawn(find('promtool') ?? 'promtool', args, { stdio: 'pipe' })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text: Buffer) => (said += text.toString()))
  }
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code: code ?? -1, said }))
  })
}

/** Starts one that scrapes these targets (`address:port`) each second, with these rules. */
export async function startPrometheus(
  t: Stoppable,
  options: { targets: string[]; rules: string },
): Promise<Prometheus> {
  const folder = await makeFolder(t, 'prometheus')
  const configuration = join(folder, 'prometheus.json')
  const port = await freePort()
  const jobs = [{ job_name: 'cefline', static_configs: [{ targets: options.targets }] }]
  // JSON is YAML.
  const global = { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' }
  const content = { global, rule_files: [options.rules], scrape_configs: jobs }
  await writeFile(configuration, JSON.stringify(content))
  await startDaemon(t, {
    program: find('prometheus') ?? 'prometheus',
    args: [
      `--config.file=${configuration}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    port,
    udp: false,
  })
  const get = async <Data>(path: string) => {
    // It listens before its database is open.
    const answer = await eventually(async () => {
      const given = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`)
      return given.status === 503 ? undefined : given
    }, 'Prometheus is not ready')
    return ((await answer.json()) as { data: Data }).data
  }
  const query = async (expression: string) => {
    type Result = { result: { metric: Record<string, string>; value: [number, string] }[] }
    const { result } = await get<Result>(`query?query=${encodeURIComponent(expression)}`)
    return result.map(({ metric, value }) => ({ metric, value: value[1] }))
  }
  return {
    query,
    until: (expression, test) =>
      eventually(async () => {
        const samples = await query(expression)
        return test(samples) ? samples : undefined
      }, `${expression} is not what it should be`),
    alerts: async () => {
      const { alerts } = await get<{ alerts: { labels: Record<string, string>; state: string }[] }>(
        'alerts',
      )
      return alerts
    },
  }
}
