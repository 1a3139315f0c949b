/**
 * How fast the spool's volume takes events: in batches as a backlog brings them, and one by one, as an
 * alert comes, where the time is that of the disk's sync. In a folder of its own, which is removed.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Configuration } from '../config/load.ts'
import { error } from '../error.ts'
import { fileSystemOf } from '../io/file-system.ts'
import { freeSpace } from '../io/free-space.ts'
import type { Lines } from '../io/lines.ts'
import { openSpool } from '../spool/spool.ts'
import type { LmdbSpool } from '../spool/spool.ts'
import { size } from './text.ts'

export interface Spooled {
  /** The folder that the folder of its own was in. */
  place: string
  fileSystem: string
  eventsPerSecond: number
  bytesPerSecond: number
  /** ms until one event is on disk. */
  appendMedian: number
  appendWorst: number
  appends: number
}

/** Appends of one event. */
const singles = 30
/** Of a file that grows while it is written. */
const overhead = 3

export async function benchSpool(
  { folder, network, reserve, rememberAge, rememberCount }: Configuration['spool'],
  batches: Iterable<Lines>,
  signal: AbortSignal,
): Promise<Spooled> {
  const all = [...batches]
  const bytes = all.reduce((sum, lines) => sum + lines.bytes.length, 0)
  const place = await placeFor(resolve(folder))
  await requireRoom(place, bytes * overhead + reserve)
  const own = await mkdtemp(join(place, '.cefline-bench-'))
  const spool = await openSpool({
    folder: own,
    allowNetwork: network,
    maxBytes: bytes * overhead + 1e9,
    reserve,
    remember: { age: rememberAge, count: rememberCount },
    queues: ['bench'],
    destinations: new Map([['bench', ['bench']]]),
  }).catch(async (thrown: unknown) => {
    await rm(own, { recursive: true, force: true })
    throw thrown
  })
  try {
    const times = await appendSingles(spool, signal)
    const started = performance.now()
    let events = 0
    for (const lines of all) {
      events += await append(spool, lines)
      signal.throwIfAborted()
    }
    const seconds = (performance.now() - started) / 1000
    return {
      place,
      fileSystem: (await fileSystemOf(place)).name,
      eventsPerSecond: events / seconds,
      bytesPerSecond: bytes / seconds,
      appendMedian: times[Math.floor(times.length / 2)] ?? 0,
      appendWorst: times.at(-1) ?? 0,
      appends: times.length,
    }
  } finally {
    await spool.close()
    await rm(own, { recursive: true, force: true })
  }
}

/** ms of each, the shortest first. */
async function appendSingles(spool: LmdbSpool, signal: AbortSignal): Promise<number[]> {
  const times: number[] = []
  for (let number = 0; number < singles; number += 1) {
    const ids = Buffer.alloc(16)
    ids.writeUInt32BE(number + 1, 12)
    const line = Buffer.alloc(13 + 1)
    line.writeUInt32LE(1)
    line.write('b', 13)
    const started = performance.now()
    await append(spool, { count: 1, bytes: line, ids })
    times.push(performance.now() - started)
    signal.throwIfAborted()
  }
  return times.sort((a, b) => a - b)
}

async function append(spool: LmdbSpool, lines: Lines): Promise<number> {
  const batch = { read: lines.count, lines, rejects: [], ignored: 0 }
  return (await spool.append('bench', batch)).spooled
}

/** Beside the spool; within it, where that is a volume of its own. */
async function placeFor(folder: string): Promise<string> {
  for (let place = folder; ; place = dirname(place)) {
    const here = await stat(place).catch(() => undefined)
    if (!here) {
      if (dirname(place) === place) return folder
      continue
    }
    if (place !== folder) return place
    const above = await stat(dirname(place))
    return above.dev === here.dev ? dirname(place) : place
  }
}

async function requireRoom(place: string, wanted: number): Promise<void> {
  const free = await freeSpace(place)
  if (free >= wanted) return
  throw error(
    'spool-full',
    `${place} has ${size(free)} free, and bench would need ${size(wanted)} there; give fewer --events`,
  )
}
