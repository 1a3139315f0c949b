/**
 * All that is wrong with a configuration, collected so that it is said at once, in the file's
 * order: `cefline.yaml:12 sources.activity.interval: "10 parsecs" is not a duration; write …`.
 *
 * A value is shown as it was written. One that is sensitive is `****`, one that something was put
 * into (`${env:…}`, `${file:…}`) is shown as its template, and what stands before the `@` of a url
 * is hidden.
 */
import { error } from '../error.ts'
import { withoutUserinfo } from '../io/printable.ts'
import { pathKey } from './document.ts'
import type { Document, Path } from './document.ts'

export const mask = '****'

/** Characters of a value that are shown. */
const longest = 80

export class Problems {
  readonly #document: Document
  readonly #templates: ReadonlyMap<string, string>
  readonly #found = new Map<string, { line: number; text: string }>()

  constructor(document: Document, templates: ReadonlyMap<string, string> = new Map()) {
    this.#document = document
    this.#templates = templates
  }

  /** Says what is wrong at a path, once: the first thing said is the cause of the others. */
  add(path: Path, text: string): void {
    const place = this.#document.place(path)
    this.addAt(place, text, this.#document.line(path))
  }

  /** Says what is wrong with something that has no path, such as an unknown variable. */
  addAt(place: string, text: string, line = 0): void {
    if (!this.#found.has(place)) this.#found.set(place, { line, text: `${place}: ${text}` })
  }

  /** Says what is wrong with a value, and shows as much of it as may be shown. */
  addValue(path: Path, value: unknown, fault: string, sensitive = false): void {
    // A component's own format may quote the value.
    const hidden = sensitive || this.#isFilled(path) ? [value].flat() : []
    const told = hidden.filter(isText).reduce((text, one) => text.replaceAll(one, mask), fault)
    this.add(path, `${sensitive ? mask : this.#shown(path, value)} ${told}`)
  }

  /** Throws `config` with everything found, one a line. */
  throwIfAny(): void {
    if (this.#found.size === 0) return
    const inOrder = [...this.#found.values()].sort((a, b) => a.line - b.line)
    throw error('config', inOrder.map(({ text }) => text).join('\n'))
  }

  #shown(path: Path, value: unknown): string {
    const template = this.#templates.get(pathKey(path))
    if (template !== undefined) return quote(template)
    return this.#isFilled(path) ? 'what was put in' : quote(value)
  }

  /** True when something was put into the value, an item of it, or the text that it is a part of. */
  #isFilled(path: Path): boolean {
    const below = (above: string) => `${above.slice(0, -1)},`
    const own = pathKey(path)
    return [...this.#templates.keys()].some(
      (key) => key === own || key.startsWith(below(own)) || own.startsWith(below(key)),
    )
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function quote(value: unknown): string {
  const text = withoutUserinfo(JSON.stringify(value) ?? String(value))
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}
