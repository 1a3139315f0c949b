/**
 * Runs the built appliance (`dist/cli.js`, what ships; `npm test` builds it first) as a process of
 * its own.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { root } from './root.ts'

export const cli = join(root, 'dist', 'cli.js')

export interface Output {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs a command to its end. */
export async function cefline(
  args: string[],
  { cwd, env = {}, input = '' }: { cwd: string; env?: Record<string, string>; input?: string },
): Promise<Output> {
  const child = spawn(process.execPath, [cli, ...args], { cwd, env: environment(env) })
  const output = record(child)
  child.stdin?.end(input)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout: output.stdout(), stderr: output.stderr() }
}

export interface Running {
  pid: number
  stdout(): string
  stderr(): string
  /** Resolves when the text has come on either output; rejects when the process ends before. */
  said(text: string | RegExp): Promise<void>
  /** Sends the signal and resolves to the exit code when the process is gone. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** Starts `run` in the background; ended with the test. */
export function startCefline(
  t: { teardown(end: () => unknown): void },
  { cwd, args = [], env = {} }: { cwd: string; args?: string[]; env?: Record<string, string> },
): Running {
  const child = spawn(process.execPath, [cli, 'run', ...args], { cwd, env: environment(env) })
  const closed = once(child, 'close') as Promise<[number | null]>
  const { stdout, stderr } = record(child)
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    return (await closed)[0]
  }
  t.teardown(() => stop('SIGKILL'))
  const said = (text: string | RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        const all = stdout() + stderr()
        if (typeof text === 'string' ? all.includes(text) : text.test(all)) resolve()
      }
      child.stdout?.on('data', look)
      child.stderr?.on('data', look)
      void closed.then(([code]) => {
        look()
        reject(new Error(`ended with ${code} before it said ${String(text)}:\n${stderr()}`))
      })
      look()
    })
  return { pid: child.pid ?? 0, stdout, stderr, said, stop }
}

/** The machine's environment without anything that Cefline would read, and none of Cefline's own events
 * unless the test asks for them: they would be among the lines that it counts. */
function environment(extra: Record<string, string>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(NETWRIX|SYSLOG|CEFLINE|DROP|DATA|STATUS|LOG|OWN_EVENTS|HEARTBEAT|TAP|NODE_OPTIONS|FORCE_COLOR)/.test(
        name,
      ),
  )
  return { ...Object.fromEntries(kept), OWN_EVENTS: 'false', ...extra }
}

function record(child: ChildProcess): { stdout(): string; stderr(): string } {
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => (texts[name] += text))
  }
  return { stdout: () => texts.stdout, stderr: () => texts.stderr }
}
