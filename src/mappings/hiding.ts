/**
 * How fields of a record are hidden, as a configuration says it: by which names, and what stands for a
 * value. What a record is, and where else in it a value is mentioned, is the kind of record's
 * (`privacy.ts`, `cado-privacy.ts`).
 *
 * - `drop`: it is as if the record did not have it;
 * - `hash`: HMAC-SHA-256 of its text (UTF-8) with the key, the first 32 hexadecimal digits: the same
 *   value is the same hash, so that events can still be brought together;
 * - `cut: N`: its first N characters and `…`.
 */
import { createHmac } from 'node:crypto'
import type { FieldSet } from './field-set.ts'
import { plainName } from './field-set.ts'
import { hidden } from './mentions.ts'
import type { Mentioned, Mentions } from './mentions.ts'
import type { MappingSpec } from './options.ts'
import { entriesOf, kindOf, refusal } from './refuse.ts'

export interface Hide {
  hide(value: string): string
  cuts: boolean
}

/** By plain names of fields and columns. */
export type Hiding = ReadonlyMap<string, Hide>

/** What may be hidden of a kind of record. */
export interface HidingSubject<Subject> {
  fields: FieldSet<Subject>
  /** Fields that cannot be hidden, and why. */
  shown: { names: readonly string[]; because: string }
  /** A map of fields. */
  example: string
}

/** A key that is shorter than this is found by trying. */
const leastKey = 16

/** A cut comes last: what is mentioned must not be cut in two before it is found. */
export const stages = [false, true]

/** What is to be hidden; undefined where nothing is. Throws `config`. */
export function compileHiding<Subject>(
  spec: MappingSpec['privacy'],
  place: string,
  subject: HidingSubject<Subject>,
): Hiding | undefined {
  const fields = new Map<string, Hide>()
  for (const [written, how] of entriesOf(spec.fields, `${place}.fields`, subject.example)) {
    const own = `${place}.fields.${written}`
    const name = nameOf(written, own, subject)
    if (fields.has(name)) throw refusal(own, `is ${name}, which is there already; keep one`)
    fields.set(name, hideBy(how, own, spec.key, place))
  }
  return fields.size === 0 ? undefined : fields
}

/** Who hides a field at this stage; undefined: nobody. */
export function hiderAt(hiding: Hiding, cuts: boolean): (name: string) => Hide | undefined {
  return (name) => {
    const hider = hiding.get(name)
    return hider?.cuts === cuts ? hider : undefined
  }
}

/**
 * The value as it may be shown. What was hidden is to be found where it is mentioned, as it was `read`
 * too: in `value` something else may have been hidden already.
 */
export function hide(
  hider: Hide | undefined,
  value: string,
  mentions: Mentions,
  kind?: Mentioned,
  read = value,
): string {
  if (!hider || value === '') return value
  const shown = hider.hide(value)
  if (shown !== value) {
    for (const one of new Set([value, read])) mentions.add(kind, one, shown || hidden)
  }
  return shown
}

/** The plain name of a field or column. */
function nameOf<Subject>(
  written: string,
  place: string,
  { fields, shown }: HidingSubject<Subject>,
): string {
  let field
  try {
    field = fields.named(written)
  } catch (thrown) {
    throw refusal(place, (thrown as Error).message, thrown)
  }
  if (shown.names.includes(field.name)) throw refusal(place, `cannot be hidden; ${shown.because}`)
  return plainName(field.name)
}

function hideBy(how: unknown, place: string, key: string | null, privacy: string): Hide {
  if (how === 'drop') return { cuts: false, hide: () => '' }
  if (how === 'hash') {
    if (key === null) throw refusal(`${privacy}.key`, `is missing, and ${place} is to be hashed`)
    if (key.length < leastKey) {
      throw refusal(`${privacy}.key`, `is ${key.length} characters long; use ${leastKey} at least`)
    }
    const hash = (value: string) => createHmac('sha256', key).update(value).digest('hex')
    return { cuts: false, hide: (value) => hash(value).slice(0, 32) }
  }
  const [[option, length] = [], ...more] =
    typeof how === 'object' && how !== null ? Object.entries(how) : []
  if (option !== 'cut' || more.length > 0) {
    throw refusal(place, `is ${kindOf(how)}; write drop, hash or { cut: 20 }`)
  }
  if (!Number.isSafeInteger(length) || (length as number) < 1) {
    throw refusal(`${place}.cut`, `is ${kindOf(length)}; write a number of characters, 1 or more`)
  }
  return { cuts: true, hide: (value) => cutText(value, length as number) }
}

/** Characters are code points, so that none is torn. */
function cutText(text: string, length: number): string {
  const characters = [...text.slice(0, 2 * length + 2)]
  return characters.length <= length ? text : `${characters.slice(0, length).join('')}…`
}
