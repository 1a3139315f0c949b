/**
 * Addresses that must not be one and the same: of two that listen on one the second would fail for as
 * long as both are there, and its senders would reach the other one.
 */
import type { Path } from './document.ts'
import { dotted } from './document.ts'
import type { Problems } from './problems.ts'
import type { Options } from './section.ts'

interface Listener {
  path: Path
  /** As it was written, or as it is by default. */
  written: string
}

/** Tells which sources (`listen`) and the status page listen on the same address; of two alike the
 * second is told. */
export function checkListens(
  sources: readonly { name: string; options: Options }[],
  status: string,
  problems: Problems,
): void {
  const own = sources.flatMap(({ name, options }): Listener[] => {
    const { listen } = options
    return typeof listen === 'string'
      ? [{ path: ['sources', name, 'listen'], written: listen }]
      : []
  })
  const all: Listener[] = [{ path: ['status', 'listen'], written: status }, ...own]
  for (const [index, one] of all.entries()) {
    const other = all.slice(0, index).find(({ written }) => isSame(one.written, written))
    if (!other) continue
    const same = `is taken by ${dotted(other.path)} (${other.written}); give every listener a port of its own`
    problems.addValue(one.path, one.written, same)
  }
}

/** Whether both cannot be listened on at once. With port 0 the system chooses one. */
function isSame(one: string, other: string): boolean {
  const [host, port] = split(one)
  const [otherHost, otherPort] = split(other)
  if (port !== otherPort || port === 0) return false
  const hosts = [host, otherHost]
  // On Linux `::` is every address, those of IPv4 too.
  if (host === otherHost || hosts.includes('::')) return true
  return hosts.includes('0.0.0.0') && hosts.every((each) => !each.includes(':'))
}

/** Whatever its case, and by the address that a name of this machine has. */
function split(listen: string): [host: string, port: number] {
  const colon = listen.lastIndexOf(':')
  const host = listen.slice(0, colon).replace(/^\[(.*)\]$/, '$1')
  const address = host.toLowerCase() === 'localhost' ? '127.0.0.1' : host.toLowerCase()
  return [address, Number(listen.slice(colon + 1))]
}
