/**
 * Puts the times of a file together as plaso's `l2tcsv` does (`multi_process/output_engine.py`): its JSON
 * has a line for each of modification, access, change and birth, which become one event `M.C.` where
 * instant and all other values are the same.
 *
 * plaso writes such lines one after another. Here they may stand anywhere within the run of rows that
 * have one instant, as other programs sort them differently; what is held of a run is bounded, and
 * beyond that a file may have two events. The row that was merged is `ignored`, so that rows add up; its
 * text is with the event's. Two rows of one description are two events, as with `psort --include_all`.
 */
import type { Item } from './decoder.ts'
import type { TimelineEvent } from './event.ts'
import { fileTimes, macbOf } from './macb.ts'

/** What is held of a run at most: items, and characters of their rows. */
const mostItems = 1000
const mostLength = 4 * 1024 * 1024

interface Group {
  event: TimelineEvent
  types: Set<string>
  texts: (() => string)[]
}

const mergeable = new Set<string>(fileTimes)

export class FileTimes {
  #held: Item[] = []
  #length = 0
  #instant = ''
  readonly #groups = new Map<string, Group>()

  /** Takes an item and gives those that are complete with it, in their order. */
  take(item: Item): Item[] {
    if (item.kind !== 'event') {
      if (this.#held.length === 0) return [item]
      return this.#hold(item, 0)
    }
    const instant = instantKey(item.event)
    const complete = instant === this.#instant ? [] : this.end()
    this.#instant = instant
    const held = this.#hold(this.#merged(item), item.event.message.length + item.event.extra.length)
    return complete.length === 0 ? held : [...complete, ...held]
  }

  /** What is held. */
  end(): Item[] {
    const held = this.#held
    this.#held = []
    this.#length = 0
    this.#groups.clear()
    return held
  }

  #hold(item: Item, length: number): Item[] {
    this.#held.push(item)
    this.#length += item.kind === 'refused' ? item.text.length : length
    return this.#held.length >= mostItems || this.#length >= mostLength ? this.end() : []
  }

  #merged(item: Item & { kind: 'event' }): Item {
    const { event, row } = item
    if (!mergeable.has(event.type)) return item
    const key = valuesKey(event)
    const group = this.#groups.get(key)
    if (!group || group.types.has(event.type)) {
      const texts = [item.text]
      this.#groups.set(key, { event, types: new Set([event.type]), texts })
      return { ...item, text: () => texts.map((text) => text()).join('\n') }
    }
    group.types.add(event.type)
    group.texts.push(item.text)
    // plaso's order is that of the alphabet.
    group.event.type = [...group.types].sort().join('; ')
    group.event.macb = macbOf(group.event.type, 'fs:stat')
    return { kind: 'ignored', row }
  }
}

function instantKey({ instant }: TimelineEvent): string {
  return instant ? `${instant.seconds}.${instant.nanos}` : ''
}

/** All that two times of one file have alike; no text has a NUL and a unit separator by chance. */
function valuesKey(event: TimelineEvent): string {
  const { source, sourcetype, user, host, short, message, path, inode } = event
  const { notes, format, extra, sha256, tag, isFolder, other } = event
  return [
    ...[source, sourcetype, user, host, short, message, path, inode],
    ...[notes, format, extra, sha256, tag, String(isFolder), ...other.flat()],
  ].join('\0\x1f')
}
