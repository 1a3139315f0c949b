/**
 * The built Cefline as a process that is started again and again, on one configuration, with what it
 * is ordered to suffer.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import type { Order } from './preload/order.ts'

/** Lines of its log that are kept for a report. */
const linesKept = 40
/** ms that it may take to end in good order. */
const stopping = 20_000

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  /** Whether we sent that signal; else it killed itself at a point. */
  byUs: boolean
  /** It did not end when it was asked to. */
  hung?: boolean
}

export class Appliance {
  readonly #dist: string
  readonly #folder: string
  readonly #preload: string
  #child: ChildProcess | undefined
  #ended: Promise<Ended> = Promise.resolve({ code: 0, signal: null, byUs: true })
  #byUs = false
  #isClosed = false
  #ready = () => {}
  /** Resolves when it has first connected to the receiver since its start, or is gone. */
  ready: Promise<void> = Promise.resolve()
  readonly log: string[] = []
  starts = 0
  /** Times that a delivery to the receiver ended with an error and was begun again. */
  failures = 0
  /** It said that it has no proof from this receiver. */
  fellBack = false

  /** `dist`: folder of the built Cefline; `folder`: where its configuration is; `preload`: the
   * compiled preload. */
  constructor(dist: string, folder: string, preload: string) {
    this.#dist = dist
    this.#folder = folder
    this.#preload = pathToFileURL(join(preload, 'main.js')).href
  }

  get running(): boolean {
    return this.#child !== undefined
  }

  /** Resolves when it is gone. */
  get ended(): Promise<Ended> {
    return this.#ended
  }

  start(order: Omit<Order, 'dist'>): void {
    if (this.#isClosed) throw new Error('this world is being closed')
    const full: Order = { ...order, dist: `${pathToFileURL(this.#dist).href}/` }
    const child = spawn(
      process.execPath,
      ['--import', this.#preload, join(this.#dist, 'cli.js'), 'run', '-c', 'cefline.json'],
      {
        cwd: this.#folder,
        env: { PATH: process.env['PATH'], ORACLE_ORDER: JSON.stringify(full) },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    )
    this.#child = child
    this.#byUs = false
    this.ready = new Promise((resolve) => (this.#ready = resolve))
    this.starts += 1
    this.#keep(`--- start ${this.starts}: ${JSON.stringify({ ...order.point, ...order.clock })}`)
    createInterface({ input: child.stderr }).on('line', (line) => this.#read(line))
    this.#ended = once(child, 'close').then((given) => {
      const [code, signal] = given as [number | null, NodeJS.Signals | null]
      this.#child = undefined
      this.#ready()
      this.#keep(`--- ended: ${code ?? signal}`)
      return { code, signal, byUs: this.#byUs }
    })
  }

  /** Safe when it does not run. */
  async kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<Ended> {
    this.#byUs = true
    this.#child?.kill(signal)
    if (signal === 'SIGKILL') return this.#ended
    let hung = false
    const late = setTimeout(() => {
      hung = true
      this.#child?.kill('SIGKILL')
    }, stopping)
    const ended = await this.#ended
    clearTimeout(late)
    return { ...ended, hung }
  }

  /** Ends it, and it cannot be started any more. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.kill('SIGKILL')
  }

  #read(line: string): void {
    const { level, component, msg } = parse(line)
    // What each start says alike is left out, and `absent` can only say that it reaches nobody.
    const isTelling =
      component !== 'absent' && !/^(Cefline |reads |sends to |status page )/.test(msg)
    if (isTelling) this.#keep(line.length > 400 ? `${line.slice(0, 400)}…` : line)
    if (component !== 'siem') return
    if (level >= 50) this.failures += 1
    if (msg.startsWith('connected to')) this.#ready()
    if (/receiptAfter/.test(msg)) this.fellBack = true
  }

  #keep(line: string): void {
    this.log.push(line)
    if (this.log.length > linesKept) this.log.shift()
  }
}

function parse(line: string): { level: number; component: string; msg: string } {
  const nothing = { level: 0, component: '', msg: line }
  if (!line.startsWith('{')) return nothing
  return { ...nothing, ...(JSON.parse(line) as object) }
}
