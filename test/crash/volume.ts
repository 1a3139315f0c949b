/**
 * Where the spool lies: a small file system of its own, which can be filled to the last byte, or a
 * plain folder where this process may not mount one.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export class Volume {
  readonly folder: string
  readonly canBeFull: boolean

  /** `megabytes`: its size, where it has one. */
  static async make(folder: string, megabytes: number): Promise<Volume> {
    mkdirSync(folder, { recursive: true })
    const mounted = await succeeds('mount', [
      ...['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700`],
      ...['cefline-oracle', folder],
    ])
    return new Volume(folder, mounted)
  }

  private constructor(folder: string, canBeFull: boolean) {
    this.folder = folder
    this.canBeFull = canBeFull
  }

  async fill(): Promise<void> {
    const { bavail, bsize } = statfsSync(this.folder)
    await succeeds('fallocate', ['-l', String(bavail * bsize), this.#ballast])
  }

  free(): void {
    rmSync(this.#ballast, { force: true })
  }

  async close(): Promise<void> {
    if (this.canBeFull) await run('umount', ['-l', this.folder])
  }

  get #ballast(): string {
    return join(this.folder, 'ballast')
  }
}

export async function succeeds(program: string, args: string[]): Promise<boolean> {
  return run(program, args).then(
    () => true,
    () => false,
  )
}
