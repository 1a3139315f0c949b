/**
 * Values that are hidden, found again in the record's other texts: the account in `Added: "…"`, the
 * host in a path. A value is found where it stands as a whole word, whatever its case, with its accents
 * composed or not, and as JSON escapes it; of a name its telling part alone as well (`jsmith` of
 * `CORP\jsmith`).
 *
 * A text is read once, however many values there are and however long they are: at the beginning of
 * each word it is looked up whether a value is there.
 */
import { hostName, lastPart } from './netwrix-names.ts'

/** What stands for nobody, and would be found everywhere. */
const common = new Set(['n/a', 'unknown', 'system', 'none', 'null', '-'])

const word = /[\p{L}\p{N}_]/u
const wordHere = /[\p{L}\p{N}_]/uy
/** A word, or a sign: where a value can begin. */
const start = /[\p{L}\p{N}_]+|[^\p{L}\p{N}_]/gu

/** What a value is, where that says more forms of it: an account (`CORP\\jsmith`), hosts, a path, or a
 * side of a change (Before, After). */
export type Mentioned = 'account' | 'host' | 'path' | 'side'

export class Mentions {
  /** By what is looked for, folded. */
  readonly #replacements = new Map<string, string>()
  /** How long those are that begin with a word or sign. */
  readonly #lengths = new Map<string, Set<number>>()

  /** `value` was hidden: where it is mentioned, `replacement` is to stand. */
  add(kind: Mentioned | undefined, value: string, replacement: string): void {
    for (const form of formsOf(kind, value)) {
      if (!isTelling(form, kind)) continue
      for (const written of spellings(form)) this.#add(folded(written), replacement)
    }
  }

  /** Gives what takes those out of a text that are known now. */
  remover(): (text: string) => string {
    if (this.#replacements.size === 0) return (text) => text
    const lengths = new Map(
      [...this.#lengths].map(([begin, set]) => [begin, [...set].sort((a, b) => b - a)]),
    )
    return (text) => this.#without(text, lengths)
  }

  #add(key: string, replacement: string): void {
    if (this.#replacements.has(key)) return
    this.#replacements.set(key, replacement)
    start.lastIndex = 0
    const begin = start.exec(key)?.[0] ?? ''
    const lengths = this.#lengths.get(begin)
    if (lengths) lengths.add(key.length)
    else this.#lengths.set(begin, new Set([key.length]))
  }

  #without(text: string, lengths: ReadonlyMap<string, number[]>): string {
    if (text === '') return text
    const lower = folded(text)
    let shown = ''
    let from = 0
    start.lastIndex = 0
    for (let match = start.exec(lower); match; match = start.exec(lower)) {
      const at = match.index
      const length = lengths.get(match[0])?.find((length) => this.#isAt(lower, at, length))
      if (length === undefined) continue
      const replacement = this.#replacements.get(lower.slice(at, at + length))
      shown += text.slice(from, at) + (replacement ?? hidden)
      from = start.lastIndex = at + length
    }
    return from === 0 ? text : shown + text.slice(from)
  }

  /** Whether a value of that length is there, and is not the beginning of a longer word. */
  #isAt(lower: string, at: number, length: number): boolean {
    const end = at + length
    if (end > lower.length || !this.#replacements.has(lower.slice(at, end))) return false
    wordHere.lastIndex = end
    return !wordHere.test(lower) || !endsInWord(lower, end)
  }
}

/** What stands in a text for a value that is dropped. */
export const hidden = '****'

function formsOf(kind: Mentioned | undefined, value: string): string[] {
  const whole = value.trim()
  switch (kind) {
    case 'account': {
      // `CORP\jsmith (Microsoft Office)`, `jsmith@corp.com`
      const name = whole.replace(/ \([^()]*\)$/, '')
      return [whole, name, lastPart(name), name.split('@', 1)[0] ?? '']
    }
    case 'host':
      return [whole, ...whole.split(/[,;]/).flatMap((one) => hostForms(one.trim()))]
    case 'path':
      return [whole, lastPart(whole)]
    default:
      return [whole]
  }
}

function hostForms(one: string): string[] {
  const host = hostName(one)
  return [one, host, /^[\d.:]+$/.test(host) ? host : host.replace(/\..*$/, '')]
}

/** Of Before and After a digit alone says all; elsewhere it would be found in every text. */
function isTelling(form: string, kind: Mentioned | undefined): boolean {
  const least = kind === 'side' ? 1 : 2
  if (form.length < least || common.has(form.toLowerCase())) return false
  return form.length > 1 || word.test(form)
}

/** As Unicode has it composed and decomposed, and as it stands in a column that is JSON. */
function spellings(form: string): Set<string> {
  const forms = [form, form.normalize('NFC'), form.normalize('NFD')]
  return new Set(forms.flatMap((one) => [one, JSON.stringify(one).slice(1, -1)]))
}

/** For comparison: lower case, of the same length; `İ` would become two, and `Σ` one of two. */
function folded(text: string): string {
  return text.replaceAll('İ', 'i').toLowerCase().replaceAll('ς', 'σ')
}

function endsInWord(text: string, end: number): boolean {
  const last = text.slice(Math.max(0, end - 2), end)
  return word.test([...last].at(-1) ?? '')
}
