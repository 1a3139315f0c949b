/**
 * File systems of a test's own, mounted by root and unmounted at its end.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram } from '../helpers/peers.ts'

interface Place {
  teardown(end: () => unknown): void
}

export function run(program: string, ...values: string[]): void {
  execFileSync(findProgram(program) ?? program, values, { stdio: ['ignore', 'ignore', 'pipe'] })
}

/** Options for a tap test that mounts: `t.test('…', mounts('mkfs.ext4'), …)`. */
export function mounts(...programs: string[]): { skip: string | false } {
  if (process.getuid?.() !== 0) return { skip: 'only root may mount' }
  const missing = ['mount', 'umount', ...programs].find((name) => findProgram(name) === undefined)
  if (missing !== undefined) return { skip: `${missing} is not installed` }
  if (programs.includes('mkfs.ext4') && !existsSync('/dev/loop-control')) {
    return { skip: 'there is no loop device to mount' }
  }
  if (refusal === undefined) refusal = tried()
  return { skip: refusal }
}

/** A tmpfs of this size, at a path of its own. */
export function tmpfs(t: Place, size: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'cefline-'))
  run('mount', '-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder)
  t.teardown(() => {
    run('umount', folder)
    rmdirSync(folder)
  })
  return folder
}

/** An ext4 on a loop device over a file in `folder`; without a journal it goes on after errors. */
export function ext4(t: Place, folder: string, size: string, journal = true): string {
  const disk = join(folder, 'disk')
  const mounted = join(folder, 'mounted')
  mkdirSync(mounted)
  run('truncate', '-s', size, disk)
  run('mkfs.ext4', '-q', ...(journal ? [] : ['-O', '^has_journal']), disk)
  run('mount', '-o', `loop,errors=${journal ? 'remount-ro' : 'continue'}`, disk, mounted)
  t.teardown(() => run('umount', mounted))
  return mounted
}

let refusal: string | false | undefined

/** In a container root may not, either. */
function tried(): string | false {
  try {
    run('unshare', '-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt')
    return false
  } catch {
    return 'this process may not mount'
  }
}
