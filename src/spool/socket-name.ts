/**
 * A name by which a socket in a folder can be bound and connected to. unix(7) gives such a name 107
 * bytes, and a folder may lie deeper than that. On Linux the folder's own descriptor is a short way to
 * it (proc(5), /proc/self/fd); elsewhere the name from here may be shorter than the whole one.
 */
import { closeSync, existsSync, openSync } from 'node:fs'
import { join, relative } from 'node:path'

export interface SocketNames {
  of(name: string): string
  /** Once what was bound or connected to has a socket of its own. */
  close(): void
}

/** Throws what the system says. */
export function socketNames(folder: string): SocketNames {
  const descriptor = openSync(folder, 'r')
  const direct = `/proc/self/fd/${descriptor}`
  if (existsSync(direct)) {
    return { of: (name) => join(direct, name), close: () => closeSync(descriptor) }
  }
  closeSync(descriptor)
  const of = (name: string) => {
    const whole = join(folder, name)
    const fromHere = relative('', whole)
    return fromHere.length < whole.length ? fromHere : whole
  }
  return { of, close: () => {} }
}
