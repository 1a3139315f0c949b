/**
 * A port whose packets are dropped in both directions, without an answer to anyone: needs root and
 * iptables.
 */
import { succeeds } from './volume.ts'

export class BlackHole {
  readonly #port: number
  #open = false

  static async possible(): Promise<boolean> {
    return succeeds('iptables', ['-w', '-S', 'INPUT'])
  }

  constructor(port: number) {
    this.#port = port
  }

  async open(): Promise<void> {
    this.#open = true
    for (const end of ['--dport', '--sport']) await this.#rule('-I', end)
  }

  /** Safe when it is not open. */
  async close(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    for (const end of ['--dport', '--sport']) await this.#rule('-D', end)
  }

  async #rule(change: '-I' | '-D', end: string): Promise<void> {
    const match = ['-i', 'lo', '-p', 'tcp', end, String(this.#port)]
    await succeeds('iptables', ['-w', change, 'INPUT', ...match, '-j', 'DROP'])
  }
}
