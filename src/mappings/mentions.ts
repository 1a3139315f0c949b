/**
 * Values that are hidden, found again in the record's other texts: the account in `Added: "…"`, the
 * host in a path. A value is found where it stands as a whole word, whatever its case; of a name its
 * telling part alone as well (`jsmith` of `CORP\jsmith`).
 */
import { hostName, lastPart } from './netwrix-names.ts'
import type { FieldName } from './record-field.ts'

/** What stands for nobody, and would be found everywhere. */
const common = new Set(['n/a', 'unknown', 'system', 'none', 'null', '-'])

export class Mentions {
  readonly #replacements = new Map<string, string>()

  /** `value` was hidden: where it is mentioned, `replacement` is to stand. */
  add(field: FieldName | undefined, value: string, replacement: string): void {
    for (const form of formsOf(field, value)) {
      const key = form.toLowerCase()
      if (form.length < 2 || common.has(key) || this.#replacements.has(key)) continue
      this.#replacements.set(key, replacement)
    }
  }

  /** Gives what takes them out of a text. */
  remover(): (text: string) => string {
    if (this.#replacements.size === 0) return (text) => text
    const forms = [...this.#replacements.keys()].sort((a, b) => b.length - a.length)
    const words = new RegExp(
      `(?<![\\p{L}\\p{N}_])(?:${forms.map(escaped).join('|')})(?![\\p{L}\\p{N}_])`,
      'giu',
    )
    return (text) =>
      text === ''
        ? text
        : text.replace(words, (found) => this.#replacements.get(found.toLowerCase()) ?? hidden)
  }
}

/** What stands in a text for a value that is dropped. */
export const hidden = '****'

function formsOf(field: FieldName | undefined, value: string): string[] {
  const whole = value.trim()
  switch (field) {
    case 'Who': {
      // `CORP\jsmith (Microsoft Office)`, `jsmith@corp.com`
      const name = whole.replace(/ \([^()]*\)$/, '')
      return [whole, name, lastPart(name), name.replace(/@.*$/, '')]
    }
    case 'Where':
    case 'Workstation': {
      const host = hostName(whole)
      const label = /^[\d.:]+$/.test(host) ? host : host.replace(/\..*$/, '')
      return [whole, host, label]
    }
    case 'What':
      return [whole, lastPart(whole)]
    default:
      return [whole]
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
