/**
 * A receiver that can be killed, stopped and started again on the same port. Each start writes to a
 * file of its own, so that a line torn by kill -9 stays the last one of its file.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { StringDecoder } from 'node:string_decoder'
import type { Certificate } from '../helpers/certificates.ts'
import { eventually } from '../helpers/daemon.ts'
import type { Behave } from './own/behaviour.ts'
import { stablePort } from './port.ts'

export interface ReceiverTls {
  server: Certificate
  /** The authority of the clients' certificates. */
  ca: string
}

/** What is needed to start one; `output`: its file, one message a line, as `CEF:0|…`. */
export interface Start {
  folder: string
  port: number
  output: string
  /** How often it was started before: for files that must not be there twice. */
  number: number
  tls: ReceiverTls | undefined
}

export interface Program {
  program: string
  args: string[]
  environment?: Record<string, string>
  /** It can be told how to behave. */
  talks?: boolean
}

/** Writes the configuration and says how to start it. */
export type Prepare = (start: Start) => Promise<Program>

/** A time in which it was down, in ms since 1970: `until` is when it was started again. */
export interface Outage {
  at: number
  until: number
}

export class Receiver {
  readonly #folder: string
  readonly #prepare: Prepare
  readonly port: number
  /** Read at the next start. */
  tls: ReceiverTls | undefined
  #child: ChildProcess | undefined
  #outputs: Output[] = []
  #isClosed = false
  readonly outages: Outage[] = []
  kills = 0
  log = ''

  static async make(folder: string, prepare: Prepare, tls?: ReceiverTls): Promise<Receiver> {
    return new Receiver(folder, prepare, await stablePort(), tls)
  }

  private constructor(folder: string, prepare: Prepare, port: number, tls?: ReceiverTls) {
    this.#folder = folder
    this.#prepare = prepare
    this.port = port
    this.tls = tls
  }

  async start(): Promise<void> {
    const number = this.#outputs.length
    const output = join(this.#folder, `messages-${number}`)
    const { port, tls } = this
    const start = { folder: this.#folder, port, output, number, tls }
    const { program, args, environment, talks } = await this.#prepare(start)
    if (this.#isClosed) throw new Error('this world is being closed')
    const child = spawn(program, args, {
      stdio: ['ignore', 'ignore', 'pipe', ...(talks === true ? ['ipc' as const] : [])],
      env: { PATH: process.env['PATH'], ...environment },
    })
    this.#child = child
    this.#outputs.push(new Output(output))
    child.stderr?.on(
      'data',
      (text: Buffer) => (this.log = `${this.log}${text.toString()}`.slice(-4000)),
    )
    await eventually(async () => {
      if (child.exitCode !== null) throw new Error(`${program} ended: ${this.log}`)
      return (await isOpen(port)) || undefined
    }, `${program} did not open port ${port}: ${this.log}`)
    const outage = this.outages.at(-1)
    if (outage) outage.until = Date.now()
  }

  /** Ends it; safe when it does not run. */
  async kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (!this.#child) return
    if (signal === 'SIGKILL') this.kills += 1
    this.outages.push({ at: Date.now(), until: Infinity })
    await this.#end(signal)
  }

  /** Ends it for good, with nothing on its way: no outage that could explain a loss. */
  async close(signal: 'SIGKILL' | 'SIGTERM' = 'SIGTERM'): Promise<void> {
    this.#isClosed = true
    await this.#end(signal)
  }

  /** Stopped in its tracks (SIGSTOP): the kernel goes on accepting for it. */
  pause(): void {
    this.#child?.kill('SIGSTOP')
  }

  resume(): void {
    this.#child?.kill('SIGCONT')
  }

  /** Resolves when it has understood. */
  async behave(told: Behave): Promise<void> {
    const child = this.#child
    if (!child?.connected) return
    const over = new AbortController()
    const answers = ['message', 'exit'].map((name) => once(child, name, { signal: over.signal }))
    child.send(told)
    await Promise.race(answers)
    over.abort()
    await Promise.allSettled(answers)
  }

  /** The messages stored since the last look. */
  read(visit: (line: string) => void): void {
    for (const output of this.#outputs) output.read(visit)
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    const late = setTimeout(() => child.kill('SIGKILL'), 5000)
    await ended
    clearTimeout(late)
  }
}

/** A file of lines that grows; its last line may be torn. */
class Output {
  readonly #path: string
  readonly #decoder = new StringDecoder('utf8')
  readonly #chunk = Buffer.alloc(256 * 1024)
  #at = 0
  #rest = ''

  constructor(path: string) {
    this.#path = path
  }

  read(visit: (line: string) => void): void {
    const file = openIfThere(this.#path)
    if (file === undefined) return
    try {
      for (;;) {
        const length = readSync(file, this.#chunk, 0, this.#chunk.length, this.#at)
        if (length === 0) return
        this.#at += length
        const lines = (this.#rest + this.#decoder.write(this.#chunk.subarray(0, length))).split(
          '\n',
        )
        this.#rest = lines.pop() ?? ''
        for (const line of lines) visit(line)
      }
    } finally {
      closeSync(file)
    }
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw thrown
  }
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  return new Promise((resolve) => {
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}
