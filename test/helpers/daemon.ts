/**
 * Syslog daemons as child processes of a test: on a free loopback port, with their files in a folder
 * of their own, and ended by the process id that was started.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** How long a daemon may take to open its port, and an event to come out of it (ms). */
const patience = 20_000

export interface Stoppable {
  teardown(end: () => Promise<void>): void
}

export interface Daemon {
  port: number
  /** Ends the daemon in good order; safe twice. */
  stop(): Promise<void>
  /** What it wrote to its standard error. */
  log(): string
}

/** A folder that is removed at the test's end, after what runs in it has ended. */
export async function makeFolder(t: Stoppable, name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `cefline-${name}-`))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A loopback port that nothing uses now, for UDP and TCP. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const socket = createSocket('udp4')
  const taken = await new Promise<boolean>((resolve) => {
    socket.once('error', () => resolve(true))
    socket.bind(port, '127.0.0.1', () => resolve(false))
  })
  if (!taken) socket.close()
  await new Promise((resolve) => server.close(resolve))
  return taken ? freePort() : port
}

/** Starts the program and waits until its port is open. */
export async function startDaemon(
  t: Stoppable,
  {
    program,
    args,
    port,
    udp,
    environment = {},
  }: {
    program: string
    args: string[]
    port: number
    udp: boolean
    environment?: Record<string, string>
  },
): Promise<Daemon> {
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...environment },
  })
  let log = ''
  child.stderr.on('data', (text: Buffer) => (log += text.toString()))
  const daemon = { port, log: () => log, stop: () => stop(child) }
  t.teardown(daemon.stop)
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}: ${log}`)
    return (await (udp ? udpIsBound(port) : tcpIsOpen(port))) || undefined
  }, `${program} did not open port ${port}`)
  return daemon
}

/** The file's lines read as JSON, as soon as there are `count` of them. */
export async function jsonLines<T>(path: string, count: number): Promise<T[]> {
  let seen: string[] = []
  return eventually(
    async () => {
      const text = await readFile(path, 'utf8').catch(() => '')
      seen = text.split('\n').slice(0, -1)
      return seen.length >= count ? seen.map((line) => parsed(line) as T) : undefined
    },
    () => `${seen.length} of ${count} messages in ${path}`,
  )
}

/** A daemon that was killed in the middle of a write leaves half a line; the next begins on it. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (thrown) {
    const next = line.indexOf('{"', 1)
    if (next < 0) throw thrown
    return JSON.parse(line.slice(next))
  }
}

/** Asks again and again until there is an answer. */
export async function eventually<T>(
  ask: () => Promise<T | undefined>,
  failure: string | (() => string),
): Promise<T> {
  for (const end = Date.now() + patience; Date.now() < end; await pause(25)) {
    const answer = await ask()
    if (answer !== undefined) return answer
  }
  throw new Error(typeof failure === 'string' ? failure : failure())
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), 5000)
  await ended
  clearTimeout(late)
}

async function tcpIsOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  return new Promise((resolve) => {
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}

/** Whether a UDP port is taken, as the kernel lists it (`hex address:port`). */
async function udpIsBound(port: number): Promise<boolean> {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')} `
  const table = await readFile('/proc/net/udp', 'latin1')
  return table.split('\n').some((line) => line.trim().split(/\s+/)[1]?.concat(' ').endsWith(wanted))
}
