/**
 * One event → one CEF:0 line, in the form that loses least over the parsers that exist.
 *
 * What it guarantees: the line has no control character (so no LF, CR or NUL), is valid Unicode, and
 * reads back as exactly the keys that were sent: no value can forge a field. One space follows the
 * seventh pipe, as liblognorm 2.0.6 skips one character there. Empty values are left out, and a
 * `…Label` with them. Nothing is shortened here; `fit` does that for a destination.
 *
 * Nothing is lost in silence: a pair that cannot go under its key goes to the end of the line under
 * `Cefline<Key>`, so `src=not-an-address` becomes `CeflineSrc=not-an-address`. That holds for a value
 * of the wrong type, a key that comes twice, a key of the consumer's, and a key that is not
 * `[A-Za-z0-9]+` (its other characters are left out). When the name is taken too, a number follows.
 * Keys that the vendor's own standard defines (`CefEvent.own`) are outside the dictionary's rules.
 *
 * `CEF:0` inside a value stays: parsers that keep to the standard take the first one. For Graylog,
 * which takes the last, `fit` with `equals: 'substitute'` rewrites it.
 */
import type { CefKey } from './dictionary.ts'
import { dictionary } from './dictionary.ts'
import type { CefEvent, CefValue } from './event.ts'
import { encodeHeader } from './header.ts'
import { typedText } from './types.ts'
import { escapeValue } from './value.ts'

/** A dictionary key with what the encoder has to know of it at once. */
interface Slot {
  readonly entry: CefKey
  /** ` key=` */
  readonly lead: string
  /** Any text will do. */
  readonly free: boolean
  /** The slot that this one labels. */
  labels: Slot | undefined
  /** The event in which the key was last written: a set that needs no emptying. */
  writtenIn: number
}

type Slots = ReadonlyMap<string, Slot>

const dictionarySlots = makeSlots()
/** The dictionary's slots with a vendor's own keys laid over them. */
const slotsWith = new WeakMap<ReadonlySet<string>, Slots>()
let current = 0

type Pair = readonly [key: string, value: CefValue]

/** The event as a line, without a line end. Never throws. */
export function encode(event: CefEvent): string {
  current += 1
  const slots = event.own === undefined ? dictionarySlots : slotsOf(event.own)
  let line = encodeHeader(event)
  let others: Set<string> | undefined
  let late: Pair[] | undefined
  for (const pair of event.extension) {
    const key = pair[0]
    const slot = slots.get(key)
    if (slot === undefined) {
      if (!isKey(key) || others?.has(key)) {
        late = append(late, pair)
        continue
      }
      const text = escapeValue(String(pair[1]))
      if (text === '') continue
      others = (others ?? new Set()).add(key)
      line += ' ' + key + '=' + text
      continue
    }
    const text = slot.writtenIn === current ? undefined : textFor(slot, pair[1])
    if (text === undefined || (slot.labels !== undefined && slot.labels.writtenIn !== current)) {
      late = append(late, pair)
    } else if (text !== '') {
      slot.writtenIn = current
      line += slot.lead + text
    }
  }
  return late === undefined ? line : line + encodeLate(late, others ?? new Set(), slots)
}

/** The escaped text, '' when there is none, or undefined when the key cannot take the value. */
function textFor(slot: Slot, value: CefValue): string | undefined {
  if (value === '') return ''
  if (slot.free && typeof value === 'string') return escapeValue(value)
  if (slot.entry.origin === 'consumer') return undefined
  const text = typedText(slot.entry, value)
  return slot.free && text !== undefined ? escapeValue(text) : text
}

/** Labels that came before their value, and what could not go under its own key. */
function encodeLate(pairs: Pair[], taken: Set<string>, slots: Slots): string {
  let line = ''
  for (const [key, value] of pairs) {
    const slot = slots.get(key)
    const text = escapeValue(String(value))
    if (text === '') continue
    const labelled = slot?.labels
    if (slot !== undefined && labelled !== undefined && slot.writtenIn !== current) {
      if (labelled.writtenIn === current) {
        slot.writtenIn = current
        line += slot.lead + text
        continue
      }
      // A label without its value says nothing, and makes VRL fail the event.
      if (!pairs.some(([other]) => other === labelled.entry.key)) continue
    }
    const name = spareKey(key, taken)
    taken.add(name)
    line += ` ${name}=${text}`
  }
  return line
}

/** The key for what cannot go under `key`; also for `fit`, which moves addresses. */
export function spareKey(key: string, taken: ReadonlySet<string>): string {
  const word = key.replace(/[^A-Za-z0-9]/g, '')
  const name = `Cefline${word.charAt(0).toUpperCase()}${word.slice(1)}`
  let free = name
  for (let number = 2; taken.has(free); number += 1) free = `${name}${number}`
  return free
}

/** What every parser takes as a key: `-` and `.` and letters beyond ASCII break half of them. */
function isKey(key: string): boolean {
  for (let index = 0; index < key.length; index += 1) {
    const code = key.charCodeAt(index)
    const digit = code >= 0x30 && code <= 0x39
    if (!digit && !((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a)) return false
  }
  return key !== ''
}

function append(pairs: Pair[] | undefined, pair: Pair): Pair[] {
  if (pairs === undefined) return [pair]
  pairs.push(pair)
  return pairs
}

function makeSlots(): Map<string, Slot> {
  const made = new Map<string, Slot>()
  for (const entry of dictionary.values()) {
    const free = entry.type === 'string' && entry.origin !== 'consumer'
    made.set(entry.key, { entry, lead: ` ${entry.key}=`, free, labels: undefined, writtenIn: 0 })
  }
  for (const slot of made.values()) {
    if (slot.entry.labels !== undefined) slot.labels = made.get(slot.entry.labels)
  }
  return made
}

function slotsOf(own: ReadonlySet<string>): Slots {
  const known = slotsWith.get(own)
  if (known !== undefined) return known
  const made = new Map(dictionarySlots)
  for (const key of own) made.set(key, ownSlot(key))
  slotsWith.set(own, made)
  return made
}

function ownSlot(key: string): Slot {
  const entry: CefKey = {
    key,
    name: key,
    type: 'string',
    length: undefined,
    origin: 'producer',
    range: undefined,
    labels: undefined,
  }
  return { entry, lead: ` ${key}=`, free: true, labels: undefined, writtenIn: 0 }
}
